# services.punktfunk.apps: what devices may start besides the desktop runs as the user of the screen's session.
{ config, lib, ... }:
let
  inherit (lib)
    mkForce
    mkIf
    mkOption
    types
    ;
  host = config.services.punktfunk;
  cfg = host.apps;
in
{
  options.services.punktfunk.apps.user = mkOption {
    type = types.nullOr types.str;
    default = null;
    example = "alice";
    description = ''
      Who runs the programs that devices may start besides the desktop (`apps` in the policy): the user whose session is on
      the screen. Without one there is the desktop alone.
    '';
  };

  config = mkIf (host.enable && cfg.user != null) {
    systemd.services."punktfunk-apps@${cfg.user}" = {
      overrideStrategy = "asDropin";
      wantedBy = [ "multi-user.target" ];
      # Where programs are, for a policy that names them without their paths.
      environment.PATH = mkForce "/run/wrappers/bin:/etc/profiles/per-user/${cfg.user}/bin:/run/current-system/sw/bin";
    };
  };
}
