# The living room: Kodi on the television, with sound, as what starts films, music and games.
{ lib, pkgs, ... }:
let
  inherit (lib) mkDefault;
in
{
  services.punktfunk.enable = mkDefault true;
  services.punktfunk.kiosk = {
    enable = mkDefault true;
    user = mkDefault "living-room";
    compositor = mkDefault "cage";
    program = mkDefault "${pkgs.kodi-wayland}/bin/kodi-standalone";
  };

  services.pipewire = {
    enable = mkDefault true;
    alsa.enable = mkDefault true;
    pulse.enable = mkDefault true;
  };
  security.rtkit.enable = mkDefault true;
}
