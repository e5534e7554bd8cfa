# A machine that shows one web page and can be looked at and steered from afar.
{ pkgs, ... }:
{
  services.punktfunk = {
    enable = true;
    openFirewall = true;
    settings = {
      name = "Reception";
      input.gamepads = 0;
      limits.sessions = 2;
    };
    kiosk = {
      enable = true;
      program = "${pkgs.firefox}/bin/firefox --kiosk https://example.org";
    };
  };

  networking.hostName = "reception";
  boot.loader.systemd-boot.enable = true;
  fileSystems."/" = {
    device = "/dev/disk/by-label/nixos";
    fsType = "ext4";
  };
  fileSystems."/boot" = {
    device = "/dev/disk/by-label/BOOT";
    fsType = "vfat";
  };
  system.stateVersion = "26.05";
}
