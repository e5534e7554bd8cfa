# services.punktfunk: the streaming host, and a session for the screen that it streams.
{
  imports = [
    ./module.nix
    ./kiosk.nix
  ];
}
