# What a flashed box mounts, beside what its own units do: / is made anew at every boot, the system is the slot, and all
# that persists is /var.
{
  "/" = {
    device = "tmpfs";
    fsType = "tmpfs";
    options = [
      "mode=0755"
      "size=25%"
    ];
  };
  "/nix/store" = {
    device = "/usr/nix/store";
    fsType = "none";
    options = [ "bind" ];
  };
  "/var" = {
    device = "/dev/disk/by-partlabel/punktfunk-data";
    fsType = "ext4";
    options = [
      "nodev"
      "nosuid"
    ];
    neededForBoot = true;
  };
}
