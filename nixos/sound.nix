# services.punktfunk.sound: what a session plays is heard in the stream. The session's own PipeWire gets a second door to
# its PulseAudio part, where the host looks for one, in a folder that is open to the session's user and to the host alone.
{ config, lib, ... }:
let
  inherit (lib)
    mkDefault
    mkIf
    mkOption
    types
    ;
  host = config.services.punktfunk;
  cfg = host.sound;
  door = "/run/pulse";
in
{
  options.services.punktfunk.sound.user = mkOption {
    type = types.nullOr types.str;
    default = null;
    example = "alice";
    description = ''
      Whose sound is streamed: what the programs of this user play. The user's PipeWire lets the host listen; without a
      user there are pictures and no sound, unless a sound server runs for the whole machine.
    '';
  };

  config = mkIf (host.enable && cfg.user != null) {
    services.pipewire = {
      enable = mkDefault true;
      alsa.enable = mkDefault true;
      pulse.enable = mkDefault true;
      extraConfig.pipewire-pulse."50-punktfunk"."pulse.properties"."server.address" = [
        "unix:native"
        "unix:${door}/native"
      ];
    };
    security.rtkit.enable = mkDefault true;
    # With the session, and not only when a program first plays something.
    systemd.user.services.pipewire-pulse.wantedBy = [ "default.target" ];
    systemd.tmpfiles.rules = [ "d ${door} 0750 ${cfg.user} punktfunk -" ];
  };
}
