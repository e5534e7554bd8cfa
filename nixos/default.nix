# services.punktfunk: the streaming host, a session for the screen that it streams, and the sound and the apps of a session.
{
  imports = [
    ./module.nix
    ./kiosk.nix
    ./sound.nix
    ./apps.nix
  ];
}
