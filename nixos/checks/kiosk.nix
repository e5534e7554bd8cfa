# The kiosk on NixOS: its program is killed more often than systemd starts a unit again by itself, and comes back at once,
# also where nobody has claimed the box; the host streams the whole time.
{ module, pkgs }:
let
  inherit (import ../packages.nix { inherit pkgs; }) host;
in
pkgs.testers.runNixOSTest {
  name = "punktfunk-kiosk";
  nodes.machine = {
    imports = [ module ];
    services.punktfunk = {
      enable = true;
      settings.capture.source = "kms";
      kiosk.enable = true;
      kiosk.program = "${pkgs.foot}/bin/foot";
    };
    # Nobody comes to claim it, so that the code would be on the screen for ten minutes.
    systemd.services.punktfunk-card.serviceConfig.ExecStart = [
      ""
      "${host}/bin/punktfunk-host card --runtime-dir /run/punktfunk --wait 10s --for 5s"
    ];
    # The virtual display cannot draw by itself.
    environment.sessionVariables.WLR_RENDERER = "pixman";
    virtualisation.memorySize = 2048;
    virtualisation.qemu.options = [ "-vga none -device virtio-gpu-pci" ];
  };
  testScript = ''
    machine.wait_for_unit("punktfunk.service")
    started = machine.succeed("systemctl show -P ExecMainPID punktfunk.service")
    machine.wait_until_succeeds("pgrep -u kiosk -x foot")
    shown = machine.succeed("systemctl show -P ExecMainPID punktfunk-card.service").strip()
    assert shown != "0", "the code to claim the box by was not on the screen"

    for round in range(8):
        program = machine.wait_until_succeeds("pgrep -u kiosk -x foot").strip()
        machine.succeed(f"kill -KILL {program}")
        machine.wait_until_fails(f"kill -0 {program}")

    machine.wait_until_succeeds("pgrep -u kiosk -x foot")
    assert machine.succeed("systemctl show -P ExecMainPID punktfunk.service") == started
    assert machine.succeed("systemctl show -P ExecMainPID punktfunk-card.service").strip() == shown
  '';
}
