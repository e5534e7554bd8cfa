# Every script of vm-tests/scenarios as a test of NixOS, with the very policy that the Debian guest has.
{ module, pkgs }:
let
  inherit (pkgs) lib;
  packages = import ./packages.nix { inherit pkgs; };
  folder = ../vm-tests/scenarios;
  ports = import ./lib/ports.nix (import ./lib/schema.nix) { };
  names = map (lib.removeSuffix ".py") (
    builtins.filter (lib.hasSuffix ".py") (builtins.attrNames (builtins.readDir folder))
  );

  test =
    name:
    pkgs.testers.runNixOSTest {
      name = "punktfunk-${name}";

      nodes.host = {
        imports = [ module ];
        services.punktfunk = {
          enable = true;
          policyFile = folder + "/${name}.yaml";
        };
        networking.firewall = {
          allowedTCPPorts = ports.tcp;
          allowedUDPPorts = ports.udp;
        };
        environment.systemPackages = [
          packages.vmTests
          pkgs.evtest
        ];
        # Where the scenarios look for them.
        systemd.tmpfiles.rules = [
          "L+ /usr/libexec/punktfunk-tests - - - - ${packages.vmTests}/libexec/punktfunk-tests"
          "L+ /usr/bin/punktfunk-screen - - - - ${packages.host}/bin/punktfunk-screen"
        ];
        virtualisation.memorySize = 2048;
        virtualisation.qemu.options = [ "-vga none -device virtio-gpu-pci" ];
      };
      nodes.client.environment.systemPackages = [ packages.client ];

      # The names that a scenario is given; with them, neither mypy nor pyflakes of the driver knows it whole.
      skipTypeCheck = true;
      skipLint = true;
      testScript = ''
        import sys

        sys.path.insert(0, "${../vm-tests}")
        native = ${toString (builtins.head ports.udp)}
        address = f"host:{native}"

        ${builtins.readFile (folder + "/${name}.py")}
      '';
    };
in
builtins.listToAttrs (
  map (name: {
    name = "vm-${name}";
    value = test name;
  }) names
)
