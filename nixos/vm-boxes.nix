# The flashed boxes of the tests of NixOS, and what their scenarios are given besides: newer versions, a feed of them, a
# record of what is written to a disk. What handles the disks is vm-tests/driver/nixos.py.
{
  nixpkgs,
  packages,
  pkgs,
}:
let
  inherit (pkgs) lib;
  scenarios = builtins.fromJSON (builtins.readFile ../vm-tests/scenarios/boxes.json);
  isBox = name: builtins.elem name scenarios;
  isRecorded = name: name == "power_cuts";
  isFed = name: name == "update" || isRecorded name;
  # Two at a time are started as a power cut has left them.
  cuts = [
    "cut1"
    "cut2"
  ];
  # How many power cuts there are in each phase of an update.
  points = 4;
  # Size of the disk in MiB: larger than the image, as every disk is that somebody flashes.
  disk = 10240;
  feed = "/var/lib/feed";

  # The box starts from a file in its own folder, which the script puts there.
  starts = recorded: {
    virtualisation.diskImage = null;
    virtualisation.qemu.options = [
      "-drive if=none,id=disk,cache=writeback,${if recorded then written else "format=raw,file=disk.raw"}"
      "-device virtio-blk-pci,drive=disk,serial=disk,bootindex=0"
    ];
  };
  # As vm-tests/driver/record.py reads it, one file for each time that the box is on.
  written = "driver=blklogwrites,file.driver=raw,file.file.driver=file,file.file.filename=disk.raw,log.driver=file,log.filename=$(${pkgs.runtimeShell} ${./next-log.sh} record)";

  # Without the living room's program: the painter draws.
  box =
    modules: recorded:
    { extendModules, lib, ... }:
    {
      imports = [
        "${nixpkgs}/nixos/modules/image/repart.nix"
        "${nixpkgs}/nixos/modules/profiles/image-based-appliance.nix"
        ./appliance.nix
        (starts recorded)
      ]
      ++ modules;
      services.punktfunk.kiosk.enable = false;
      environment.systemPackages = [ pkgs.cryptsetup ];
      virtualisation = {
        directBoot.enable = false;
        mountHostNixStore = false;
        useEFIBoot = true;
        # The other way for files that the driver copies out.
        fileSystems = lib.mkForce (
          import ./lib/file-systems.nix
          // {
            "/tmp/shared" = {
              device = "shared";
              fsType = "9p";
              options = [
                "trans=virtio"
                "version=9p2000.L"
                "nofail"
              ];
            };
          }
        );
      };
      # Smaller slots, which a test has to write and to read again and again, and nothing in them for a real PC.
      hardware.enableRedistributableFirmware = false;
      image.repart.partitions."20-usr".repartConfig = small;
      systemd.repart.partitions."40-usr-b" = small;
      system.build.releases = builtins.mapAttrs (slotOf extendModules) releases;
    };
  small = lib.genAttrs [ "SizeMinBytes" "SizeMaxBytes" ] (_: lib.mkForce "3G");

  # Versions after the flashed one: one that is good, and one that cannot stream.
  releases = {
    # A part of a slot that no earlier version has, and that no compression makes small.
    "1.1.0".environment.etc.filling.source =
      pkgs.runCommand "punktfunk-filling" { nativeBuildInputs = [ pkgs.python3 ]; }
        "python3 -c 'import random, sys; sys.stdout.buffer.write(random.Random(11).randbytes(8 << 20))' > $out";
    "1.2.0".services.punktfunk = {
      package = broken;
      checkPackage = packages.host;
    };
  };
  # The encoder's library was left out, so that the host does not start.
  broken = pkgs.runCommand "punktfunk-host" { nativeBuildInputs = [ pkgs.patchelf ]; } ''
    cp -r --no-preserve=mode ${packages.host} $out
    chmod +x $out/bin/*
    patchelf --add-needed libx264.so.0 $out/bin/punktfunk-host
    sed -i "s|${packages.host}|$out|g" $out/lib/systemd/system/*
  '';
  # Under the names that the scenarios know.
  slotOf =
    extendModules: version: release:
    let
      next =
        (extendModules {
          modules = [
            { system.image.version = version; }
            release
          ];
        }).config;
      name = "${next.system.build.release}/${next.system.image.id}_${version}";
    in
    pkgs.runCommand "punktfunk-${version}" { } ''
      mkdir $out
      ln -s ${name}.usr $out/usr.raw
      ln -s ${name}.verity $out/verity.raw
      ln -s ${name}.efi $out/uki.efi
    '';
in
{
  inherit isBox isFed;

  # By the names that its scenario has for them.
  machines =
    name: modules:
    {
      host = box modules (isRecorded name);
    }
    // lib.optionalAttrs (isRecorded name) (lib.genAttrs cuts (_: box modules false));

  # The client, as who makes the feed too.
  publisher = {
    environment.systemPackages = [ packages.update ];
    services.nginx.enable = true;
    services.nginx.virtualHosts.client.root = feed;
    systemd.tmpfiles.rules = [ "d ${feed} 0755 root root -" ];
    networking.firewall.allowedTCPPorts = [ 80 ];
    # Several copies of a feed's images.
    virtualisation.diskSize = 24 * 1024;
  };

  # What stands before a scenario, and gives it the names that its first lines promise.
  script =
    name: host:
    ''
      from driver import nixos

      os.environ["PATH"] += ":${
        lib.makeBinPath [
          pkgs.cryptsetup
          pkgs.mtools
        ]
      }"
      nixos.flash(host, "${host.system.build.finalImage}/${host.image.repart.imageFile}", ${toString disk})
    ''
    + (
      if isFed name then
        ''
          releases = ${builtins.toJSON (builtins.mapAttrs (_: toString) host.system.build.releases)}
          feed_folder, feed = "${feed}", "http://client/"
        ''
      else
        ""
    )
    + (
      if name == "update" then
        ''
          def versions_on_disk():
              return nixos.versions_on_disk(host, "${pkgs.systemd}/lib/systemd/systemd-sysupdate")

        ''
      else
        ""
    )
    + (
      if isRecorded name then
        ''
          points = ${toString points}
          power = nixos.Cuts(host, points)
          recorded, phases, leave_disk_at = power.recorded, power.phases, power.leave_disk_at
          boxes = [${builtins.concatStringsSep ", " cuts}]
        ''
      else
        ""
    );
}
