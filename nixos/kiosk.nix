# services.punktfunk.kiosk: one full-screen program on the machine's screen, without a login, started again whenever it
# ends. The host is a service of its own and streams whether there is a session or not.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib)
    mkDefault
    mkEnableOption
    mkForce
    mkIf
    mkOption
    types
    ;
  host = config.services.punktfunk;
  cfg = host.kiosk;
  compositors = {
    # -s: switching to another console stays possible, for who has to repair the machine
    cage = "${pkgs.cage}/bin/cage -s --";
    gamescope = "${pkgs.gamescope}/bin/gamescope --fullscreen --";
  };
  session = pkgs.writeShellScript "punktfunk-kiosk" ''
    exec ${compositors.${cfg.compositor}} ${cfg.program}
  '';
in
{
  options.services.punktfunk.kiosk = {
    enable = mkEnableOption "a session on the machine's screen that shows one program and nothing else";

    user = mkOption {
      type = types.str;
      default = "kiosk";
      description = ''
        Who the program runs as. The user is made, cannot log in, and is in no group: no right to the host's devices or
        to its control socket.
      '';
    };

    compositor = mkOption {
      type = types.enum [
        "cage"
        "gamescope"
      ];
      default = "cage";
      description = "What draws on the screen: `cage` for any Wayland program, `gamescope` for games.";
    };

    program = mkOption {
      type = types.str;
      example = "\${pkgs.firefox}/bin/firefox --kiosk https://example.org";
      description = "The program, as a shell's command line.";
    };
  };

  config = mkIf cfg.enable {
    assertions = [
      {
        assertion = host.enable;
        message = "services.punktfunk.kiosk shows something to stream; set services.punktfunk.enable = true too.";
      }
    ];

    services.greetd.enable = true;
    # Not initial_session, which greetd starts once: this one comes back.
    services.greetd.settings.default_session = {
      inherit (cfg) user;
      command = "${session}";
    };
    # A program that crashes at once must not use up the restarts.
    systemd.services.greetd = {
      unitConfig.StartLimitIntervalSec = mkForce 0;
      serviceConfig.Restart = mkForce "always";
      serviceConfig.RestartSec = mkForce 1;
    };
    # Else the compositor gets no screen: logind asks polkit whether a session may be made the active one.
    security.polkit.enable = true;
    security.polkit.extraConfig = ''
      // The program may be anybody's website: its user gets the screen and its threads their turn, and nothing else of what an active
      // session may.
      polkit.addRule(function (action, subject) {
        var may = ["org.freedesktop.login1.chvt", "org.freedesktop.RealtimeKit1.acquire-high-priority",
          "org.freedesktop.RealtimeKit1.acquire-real-time"];
        if (subject.user == "${cfg.user}" && may.indexOf(action.id) < 0) {
          return polkit.Result.NO;
        }
      });
    '';
    # Who sits before the screen can claim the box before the program covers it.
    systemd.services.punktfunk-card.wantedBy = [ "greetd.service" ];
    systemd.defaultUnit = mkDefault "graphical.target";

    # What the program plays, and what devices may start beside it, on the same screen.
    services.punktfunk.sound.user = mkDefault cfg.user;
    services.punktfunk.apps.user = mkDefault cfg.user;

    users.users.${cfg.user} = {
      isNormalUser = true;
      description = "the program on the screen";
    };

    hardware.graphics.enable = mkDefault true;
    # A machine without a desktop has none.
    fonts.enableDefaultPackages = mkDefault true;
  };
}
