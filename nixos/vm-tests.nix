# Every script of vm-tests/scenarios as a test of NixOS, on the machine that it is written for: a guest with the module,
# or a flashed box. Both have the very policy file that the Debian guest has.
{
  module,
  nixpkgs,
  pkgs,
}:
let
  inherit (pkgs) lib;
  packages = import ./packages.nix { inherit pkgs; };
  folder = ../vm-tests/scenarios;
  ports = import ./lib/ports.nix (import ./lib/schema.nix) { };
  # These want images of further versions, a feed of them, and a record of a disk's writes, which only the driver over
  # Debian makes so far.
  elsewhere = [
    "power_cuts.py"
    "update.py"
  ];
  isHere = file: lib.hasSuffix ".py" file && !(builtins.elem file elsewhere);
  names = map (lib.removeSuffix ".py") (
    builtins.filter isHere (builtins.attrNames (builtins.readDir folder))
  );
  boxes = builtins.fromJSON (builtins.readFile (folder + "/boxes.json"));
  policyOf = name: folder + "/${name}.yaml";

  # What the scenarios take for granted of any guest.
  tools = {
    environment.systemPackages = [
      packages.vmTests
      pkgs.evtest
    ];
    virtualisation.memorySize = 2048;
    virtualisation.qemu.options = [ "-vga none -device virtio-gpu-pci" ];
  };

  # A network of several boxes has no machine to look from but them.
  isNeighbours = name: name == "two_boxes";

  # A user of Debian's, as whom apps.py starts programs.
  debians = "bin";

  guest = name: {
    imports = [
      module
      tools
    ];
    environment.systemPackages = lib.optionals (isNeighbours name) [ packages.client ];
    services.punktfunk = {
      enable = true;
      policyFile = policyOf name;
      apps.user = lib.mkIf (name == "apps") debians;
    };
    users.users = lib.mkIf (name == "apps") {
      ${debians} = {
        isSystemUser = true;
        group = debians;
        home = "/bin";
      };
    };
    users.groups = lib.mkIf (name == "apps") { ${debians} = { }; };
    networking.firewall = {
      allowedTCPPorts = ports.tcp;
      allowedUDPPorts = ports.udp;
    };
    systemd.tmpfiles.rules = [
      "L+ /usr/libexec/punktfunk-tests - - - - ${packages.vmTests}/libexec/punktfunk-tests"
      "L+ /usr/bin/punktfunk-screen - - - - ${packages.host}/bin/punktfunk-screen"
    ];
  };

  # Without the living room's program: the painter draws.
  box =
    name:
    { lib, ... }:
    {
      imports = [
        "${nixpkgs}/nixos/modules/image/repart.nix"
        ./appliance.nix
        tools
      ];
      services.punktfunk.kiosk.enable = false;
      environment.systemPackages = [ pkgs.cryptsetup ];
      # As it is, good or bad: the box decides at boot.
      image.repart.partitions."05-policy".contents."/punktfunk.yaml".source = lib.mkForce (policyOf name);
      virtualisation = {
        directBoot.enable = false;
        mountHostNixStore = false;
        useEFIBoot = true;
        fileSystems = lib.mkForce (import ./lib/file-systems.nix);
      };
    };

  # The image on a larger disk, as every disk is that somebody flashes.
  flash = machine: ''
    import os
    import subprocess
    import tempfile

    disk = tempfile.NamedTemporaryFile()
    image = "${machine.system.build.finalImage}/${machine.image.repart.imageFile}"
    create = "${machine.virtualisation.qemu.package}/bin/qemu-img create -f qcow2 -F raw -b"
    subprocess.run([*create.split(), image, disk.name, "16G"], check=True)
    os.environ["NIX_DISK_IMAGE"] = disk.name
  '';

  test =
    name:
    let
      isBox = builtins.elem name boxes;
    in
    pkgs.testers.runNixOSTest {
      name = "punktfunk-${name}";
      nodes = {
        host = if isBox then box name else guest name;
        client.environment.systemPackages = [ packages.client ];
      }
      // (if isNeighbours name then { other = guest name; } else { })
      # What boot_time.py measures against.
      // (if name == "boot_time" then { bare = tools; } else { });

      # The linters know only the driver's own names.
      skipTypeCheck = true;
      skipLint = true;
      testScript =
        { nodes, ... }:
        (if isBox then flash nodes.host else "")
        + ''
          import sys

          sys.path.insert(0, "${../vm-tests}")
          address = "host:${toString (builtins.head ports.udp)}"

        ''
        + builtins.readFile (folder + "/${name}.py");
    };
in
builtins.listToAttrs (
  map (name: {
    name = "vm-${name}";
    value = test name;
  }) names
)
