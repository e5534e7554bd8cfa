# The living room: Kodi on the television, as what starts films, music and games.
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
}
