# What NixOS' own sets, of what could stand in the way of ours.
{ lib, ... }:
{
  boot.initrd.systemd.enable = lib.mkDefault true;
  networking.useNetworkd = lib.mkDefault true;
  nix.enable = false;
  system.switch.enable = false;
  users.mutableUsers = false;
}
