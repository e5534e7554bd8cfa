# The appliance: a disk image that boots into streaming. The system is one read-only slot under dm-verity, the disk is
# laid out by the definitions in image/, and all that persists is /var. Imported beside nixpkgs' image/repart.nix and
# profiles/image-based-appliance.nix.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkDefault mkForce;
  inherit (config.services.punktfunk) kiosk;
  packages = import ./packages.nix { inherit pkgs; };
  read =
    folder:
    import ./lib/repart.nix {
      inherit folder;
      specifiers."%A" = config.system.image.version;
    };
  flashed = read ../image/repart.d;
  folders = [
    ../image/units
    ../image/update/units
  ];
  servicesIn =
    folder:
    map (lib.removeSuffix ".service") (
      builtins.filter (lib.hasSuffix ".service") (builtins.attrNames (builtins.readDir folder))
    );
  bootLoader = "systemd-boot${pkgs.stdenv.hostPlatform.efiArch}.efi";
in
{
  imports = [
    ./default.nix
    ./profiles/living-room.nix
  ];

  system.image.id = "punktfunk";
  system.image.version = mkDefault packages.version;
  system.build.release = import ./release.nix { inherit config pkgs; };

  image.repart = {
    name = "punktfunk";
    # The slot, its hash tree and the UKI are what a feed of updates is made from.
    split = true;
    # Kodi, graphics drivers and firmware: unpacked they come near the size of a slot. Every kernel unpacks this kind.
    mkfsOptions.erofs = [
      "-zlz4hc"
      "-C16384"
    ];
    verityStore.enable = true;
    verityStore.partitionIds = {
      esp = "00-esp";
      store-verity = "10-usr-verity";
      store = "20-usr";
    };
    partitions = lib.mkMerge [
      (lib.mapAttrs (_: repartConfig: { inherit repartConfig; }) flashed)
      {
        "00-esp".contents = {
          "/EFI/BOOT/BOOTX64.EFI".source = "${pkgs.systemd}/lib/systemd/boot/efi/${bootLoader}";
          "/loader/loader.conf".source = ../image/loader.conf;
        };
        "05-policy".contents."/punktfunk.yaml".source = config.services.punktfunk.policy;
        "10-usr-verity".repartConfig.SplitName = "verity";
        "20-usr".repartConfig.SplitName = "usr";
      }
    ];
  };
  boot.uki.name = "punktfunk";
  # What was only just written has to earn its place: three boots, then back to the slot before.
  boot.uki.tries = 3;
  boot.loader.grub.enable = false;

  boot.initrd.systemd.enable = true;
  boot.initrd.systemd.repart.enable = true;
  # The disk is found through the slot, since / is none.
  boot.initrd.systemd.services.systemd-repart.after = [ "sysroot-usr.mount" ];

  fileSystems = import ./lib/file-systems.nix;
  # What the kernel reads the slot and the disk with, on whatever PC it is flashed to.
  boot.initrd.supportedFilesystems = [ "erofs" ];
  boot.initrd.availableKernelModules = [
    "uas"
    "usb_storage"
    "virtio_blk"
    "virtio_pci"
  ];
  boot.supportedFilesystems = [ "vfat" ];
  hardware.enableRedistributableFirmware = mkDefault true;
  # Nothing can be written to the slot, so there is no /usr/bin/env.
  system.activationScripts.usrbinenv = mkForce "";

  boot.kernelParams = [
    "panic=10"
    # The same at every boot, although /etc is made anew.
    "systemd.machine_id=firmware"
  ];

  # What the small FAT partition has to begin with. The owner's policy is mounted over /etc/punktfunk.
  services.punktfunk.policyFile = mkDefault ../config-schema/examples/minimal.yaml;
  systemd = lib.mkMerge (
    builtins.concatMap (import ./lib/install.nix) folders
    ++ [
      {
        packages = [ (packages.boxWith config.services.punktfunk.package) ];
        # What the programs and scripts of a box call by name.
        services = lib.genAttrs (builtins.concatMap servicesIn folders) (_: {
          path = [
            config.services.punktfunk.package
            pkgs.diffutils
            pkgs.util-linux
          ];
        });
        # Once more, when a factory reset has taken it.
        tmpfiles.rules = lib.optionals kiosk.enable [
          "d ${config.users.users.${kiosk.user}.home} 0700 ${kiosk.user} users -"
        ];
        # At the first boot the idle slot and the data partition are made.
        repart.partitions = read ../image/first-boot.repart.d;
        # A hang ends in another boot, or the tries would never be used up.
        settings.Manager = {
          RuntimeWatchdogSec = "30s";
          RebootWatchdogSec = "2min";
        };
      }
    ]
  );
  environment.systemPackages = [ packages.update ];

  # Which doors are open is the owner's policy, which a firewall built into the image cannot follow; and nothing but the
  # host listens.
  networking.firewall.enable = mkDefault false;
  services.openssh.enable = mkDefault false;
  environment.etc."systemd/resolved.conf.d/punktfunk.conf".source = pkgs.writeText "resolved.conf" ''
    [Resolve]
    LLMNR=no
    MulticastDNS=no
  '';

  # Weaker than a default, as test drivers have names of their own for their machines.
  networking.hostName = lib.mkOverride 1100 "punktfunk";
  # What the living room's program keeps, beside what the host keeps. NixOS has a default of its own for it.
  users.users = lib.mkIf kiosk.enable {
    ${kiosk.user}.home = lib.mkOverride 900 "/var/lib/living-room";
  };
  # Nobody logs in: the console is how the box is looked after.
  users.allowNoPasswordLogin = true;
  system.stateVersion = "26.05";
}
