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
  boxes = import ./vm-boxes.nix { inherit nixpkgs packages pkgs; };
  folder = ../vm-tests/scenarios;
  ports = import ./lib/ports.nix (import ./lib/schema.nix) { };
  names = map (lib.removeSuffix ".py") (
    builtins.filter (lib.hasSuffix ".py") (builtins.attrNames (builtins.readDir folder))
  );
  policyOf = name: folder + "/${name}.yaml";
  # What a script imports, and the layout of the disk that it looks at.
  driver = lib.fileset.toSource {
    root = ../.;
    fileset = lib.fileset.unions [
      ../image
      ../vm-tests
    ];
  };

  # What the scenarios take for granted of any guest.
  tools = {
    environment.systemPackages = [
      packages.vmTests
      pkgs.evtest
    ];
    virtualisation.memorySize = 2048;
    # A screen of the size that the scenarios look at.
    virtualisation.qemu.options = [ "-vga none -device virtio-gpu-pci,xres=640,yres=480" ];
  };

  # A network of several boxes has no machine to look from but them.
  isNeighbours = name: name == "two_boxes";

  # A user of Debian's, as whom apps.py starts programs.
  debians = "bin";

  isKiosk = name: name == "kiosk";

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
      # As vm-tests/kiosk/ has it.
      kiosk = lib.mkIf (isKiosk name) {
        enable = true;
        program = "${pkgs.foot}/bin/foot --override=colors.background=2e8b57 --override=colors.foreground=2e8b57 sleep infinity";
      };
    };
    # The virtual display cannot draw by itself.
    environment.sessionVariables = lib.mkIf (isKiosk name) { WLR_RENDERER = "pixman"; };
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
      "L+ /usr/bin/punktfunk-painter - - - - ${packages.vmTests}/bin/punktfunk-painter"
      "L+ /usr/bin/punktfunk-screen - - - - ${packages.host}/bin/punktfunk-screen"
    ];
  };

  machines =
    name:
    if boxes.isBox name then
      boxes.machines name [
        tools
        { image.repart.partitions."05-policy".contents."/punktfunk.yaml".source = lib.mkForce (policyOf name); }
      ]
    else
      { host = guest name; };

  test =
    name:
    pkgs.testers.runNixOSTest {
      name = "punktfunk-${name}";
      nodes = {
        client.imports = [
          { environment.systemPackages = [ packages.client ]; }
        ]
        ++ lib.optionals (boxes.isFed name) [ boxes.publisher ];
      }
      // machines name
      // lib.optionalAttrs (isNeighbours name) { other = guest name; }
      # What boot_time.py measures against.
      // lib.optionalAttrs (name == "boot_time") { bare = tools; };

      # Twenty starts take their time.
      globalTimeout = 3 * 60 * 60;
      # The linters know only the driver's own names.
      skipTypeCheck = true;
      skipLint = true;
      testScript =
        { nodes, ... }:
        ''
          import os
          import sys

          sys.path.insert(0, "${driver}/vm-tests")
          address = "host:${toString (builtins.head ports.udp)}"

        ''
        + (if boxes.isBox name then boxes.script name nodes.host else "")
        + builtins.readFile (folder + "/${name}.py");
    };
in
builtins.listToAttrs (
  map (name: {
    name = "vm-${name}";
    value = test name;
  }) names
)
