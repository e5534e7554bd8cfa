# The kiosk on NixOS: its program is killed more often than systemd starts a unit again by itself, and comes back; the
# host streams the whole time.
{ module, pkgs }:
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
    virtualisation.memorySize = 2048;
    virtualisation.qemu.options = [ "-vga none -device virtio-gpu-pci" ];
  };
  testScript = ''
    machine.wait_for_unit("punktfunk.service")
    started = machine.succeed("systemctl show -P ExecMainPID punktfunk.service")

    for round in range(8):
        program = machine.wait_until_succeeds("pgrep -u kiosk -x foot").strip()
        machine.succeed(f"kill -KILL {program}")
        machine.wait_until_fails(f"kill -0 {program}")

    machine.wait_until_succeeds("pgrep -u kiosk -x foot")
    assert machine.succeed("systemctl show -P ExecMainPID punktfunk.service") == started
  '';
}
