# What holds of the module, and of the machines that have it.
configurations:
let
  mini = import ./minilib.nix;
  machines = builtins.concatMap (test: builtins.attrValues test.machines) tests;
  inherit (configurations)
    box
    comesBack
    evaluate
    everything
    host
    isShippedUnit
    kiosk
    linesOf
    livingRoom
    off
    open
    plain
    refusals
    sessionOf
    set
    shippedUsers
    shut
    tests
    textOf
    withSettings
    ;
in
{
  "a module that is not enabled sets nothing" =
    off.systemd.packages == [ ]
    && off.environment.etc == { }
    && off.users.users == { }
    && off.systemd.services == { };
  "everything that the modules set can be evaluated" = builtins.deepSeq (map set [
    plain
    kiosk
    livingRoom
    box
  ]) true;
  "no assertion stands in the way of an enabled host, a kiosk, a living room or a box" =
    builtins.concatMap refusals [
      plain
      kiosk
      livingRoom
      box
    ] == [ ];

  "the units, the rule and the tmpfiles are the package's own" =
    builtins.all (packages: map (package: package.name) packages == [ "punktfunk-host" ])
      [
        plain.systemd.packages
        plain.systemd.tmpfiles.packages
        plain.services.udev.packages
      ];
  "the module changes nothing of what a shipped unit runs or may" =
    isShippedUnit plain.systemd.services.punktfunk
    && isShippedUnit plain.systemd.services.punktfunk-screen;
  "both units start with the machine, whether anybody logs in or not" = builtins.all (
    unit: plain.systemd.services.${unit}.wantedBy == [ "multi-user.target" ]
  ) (builtins.attrNames plain.systemd.services);
  "the screen's socket is there before any service" =
    plain.systemd.sockets.punktfunk-screen.wantedBy == [ "sockets.target" ];
  "the claim code comes before the kiosk, and only where there is one" =
    builtins.all (config: config.systemd.services.punktfunk-card.wantedBy == [ "greetd.service" ]) [
      kiosk
      livingRoom
      box
    ]
    && !(plain.systemd.services ? punktfunk-card)
    && isShippedUnit kiosk.systemd.services.punktfunk-card;
  # What a service wants is started with it each time, also when systemd starts it again, unless it still counts as started.
  "the claim code is shown once a start, and not whenever the kiosk's program has crashed" =
    builtins.all
      (
        name:
        builtins.all (unit: !(mini.hasSuffix ".service" unit)) kiosk.systemd.services.${name}.wantedBy
        || builtins.elem "RemainAfterExit=yes" (linesOf (../../host/daemon/units + "/${name}.service"))
      )
      (
        builtins.filter (
          name: builtins.pathExists (../../host/daemon/units + "/${name}.service")
        ) (builtins.attrNames kiosk.systemd.services)
      );
  "every user that a unit runs as is made" =
    builtins.attrNames plain.users.users == shippedUsers
    && builtins.attrNames plain.users.groups == shippedUsers;
  "every user is of one kind, as NixOS demands" =
    builtins.all
      (
        config:
        builtins.all (user: user.isSystemUser != user.isNormalUser) (builtins.attrValues config.users.users)
      )
      (
        [
          plain
          kiosk
          livingRoom
          box
        ]
        ++ machines
      );
  "a secret environment reaches the host and nothing else" =
    (host { environmentFile = "/run/x"; }).systemd.services.punktfunk.serviceConfig == {
      EnvironmentFile = "/run/x";
    };
  "an environment in the store is refused" =
    refusals (host {
      environmentFile = "${builtins.storeDir}/x";
    }) != [ ];

  "the firewall stays shut unless asked" = plain.networking.firewall.allowedUDPPorts == [ ];
  "the default policy opens the native door, the console and discovery" =
    open { } == shut
    // {
      allowedTCPPorts = [ 47990 ];
      allowedUDPPorts = [
        9777
        5353
      ];
    };
  "only what the policy opens is opened" =
    open {
      doors.native.enable = false;
      console.listen = "local";
    } == shut;
  "a console on loopback addresses alone is no door" =
    (open {
      console.listen = [
        "127.0.0.1"
        "::1"
      ];
    }).allowedTCPPorts == [ ];
  "a console on one address of the network is a door" =
    (open {
      console.listen = [
        "127.0.0.1"
        "192.168.1.20"
      ];
    }).allowedTCPPorts == [ 47990 ];
  "Moonlight's ports follow its port" =
    let
      moved = open {
        doors.native.enable = false;
        doors.gamestream = {
          enable = true;
          port = 20000;
        };
        console.listen = "local";
      };
    in
    moved.allowedTCPPorts == [
      19995
      20000
      20021
    ]
    &&
      moved.allowedUDPPorts == [
        20009
        20010
        20011
        5353
      ];
  "ports follow the settings, and Moonlight's the schema" =
    everything.allowedTCPPorts == [
      1002
      47984
      47989
      48010
    ]
    &&
      everything.allowedUDPPorts == [
        1000
        1001
        47998
        47999
        48000
        5353
      ];
  "the firewall cannot follow a policy file, and says so" =
    refusals (host {
      policyFile = ./cases.nix;
      openFirewall = true;
    }) != [ ];
  "a policy file and settings at once are refused" =
    refusals (host {
      policyFile = ./cases.nix;
      settings.name = "x";
    }) != [ ];

  "what is left out of the settings is left out of the policy" = textOf { } == "{}\n";
  "a policy is written one key a line" =
    textOf {
      name = "TV";
      update.feed = null;
    } == "{\n  \"name\": \"TV\"\n}\n";
  "settings of two modules are one policy" =
    (evaluate [
      {
        services.punktfunk.enable = true;
        services.punktfunk.settings.encode.codecs = [ "hevc" ];
      }
      { services.punktfunk.settings.encode.codecs = [ "h264" ]; }
      { services.punktfunk.settings.name = "x"; }
    ]).services.punktfunk.settings.name == "x";
  "a key that this module has not heard of is left to the host to judge" =
    (withSettings { pairing.requires = true; }).services.punktfunk.settings.pairing.requires;
  "a door that moves restarts the host, a name does not" =
    let
      restarts = settings: (withSettings settings).systemd.services.punktfunk.restartTriggers;
    in
    restarts { name = "x"; } == restarts { } && restarts { console.port = 1; } != restarts { };

  "the kiosk comes back whatever its program does" = comesBack kiosk.systemd.services.greetd;
  "the kiosk that is tested on a Debian guest comes back by the same rules" =
    let
      inherit (kiosk.systemd.services.greetd) serviceConfig unitConfig;
      lines = linesOf ../../vm-tests/kiosk/root/etc/systemd/system/greetd.service.d/kiosk.conf;
      rules = unitConfig // serviceConfig;
    in
    builtins.all (key: builtins.elem "${key}=${toString rules.${key}}" lines) (
      builtins.attrNames rules
    );
  # libseat has logind make the session the active one, and logind asks polkit whether it may.
  "the kiosk gets the screen, by the rules that are tested on a Debian guest" =
    kiosk.security.polkit.enable
    &&
      kiosk.security.polkit.extraConfig
      == builtins.readFile ../../vm-tests/kiosk/root/etc/polkit-1/rules.d/10-kiosk.rules;
  "the kiosk needs no login and its user has no group" =
    kiosk.services.greetd.settings.default_session.user == "kiosk"
    && kiosk.users.users.kiosk.extraGroups == [ ];
  "the kiosk runs its program in its compositor" =
    builtins.match "exec .*/bin/cage -s -- .*/bin/firefox --kiosk https://example.org\n" (
      sessionOf kiosk
    ) != null;
  "a kiosk has fonts and a driver to draw with" =
    builtins.all (config: config.fonts.enableDefaultPackages && config.hardware.graphics.enable)
      [
        kiosk
        livingRoom
        box
      ];
  "what devices start beside the kiosk's program runs as its user" =
    let
      apps = kiosk.systemd.services."punktfunk-apps@kiosk";
    in
    apps.wantedBy == [ "multi-user.target" ] && apps.overrideStrategy == "asDropin";
  "what devices start runs as nobody unless somebody is named" =
    let
      units =
        config:
        builtins.filter (mini.hasPrefix "punktfunk-apps@") (builtins.attrNames config.systemd.services);
    in
    units plain == [ ] && units (host { apps.user = "alice"; }) == [ "punktfunk-apps@alice" ];
  "the living room starts a launcher" =
    builtins.match "exec .*/bin/cage -s -- .*/bin/kodi-standalone\n" (sessionOf livingRoom) != null;
  "what a kiosk, a living room or a box plays is heard by the host, and by nobody else" =
    builtins.all
      (
        config:
        let
          user = config.services.greetd.settings.default_session.user;
          said = config.services.pipewire.extraConfig.pipewire-pulse."50-punktfunk";
        in
        config.services.pipewire.enable
        && config.services.pipewire.pulse.enable
        && builtins.elem "unix:/run/pulse/native" said."pulse.properties"."server.address"
        && builtins.elem "d /run/pulse 0750 ${user} punktfunk -" config.systemd.tmpfiles.rules
        && config.systemd.user.services.pipewire-pulse.wantedBy == [ "default.target" ]
      )
      [
        kiosk
        livingRoom
        box
      ];
  "a machine's own sound is left alone unless somebody's is wanted" =
    !plain.services.pipewire.enable
    && plain.systemd.tmpfiles.rules == [ ]
    && (host { sound.user = "alice"; }).services.pipewire.pulse.enable;
  "a kiosk without a host is refused" =
    refusals (evaluate [
      {
        services.punktfunk.kiosk = {
          enable = true;
          program = "x";
        };
      }
    ]) != [ ];

  # Mistakes that evaluate, and break a sentence.
  "a module that sets ExecStart is noticed" =
    !(isShippedUnit
      (evaluate [
        {
          services.punktfunk.enable = true;
          systemd.services.punktfunk.serviceConfig.ExecStart = "/bin/true";
        }
      ]).systemd.services.punktfunk
    );
  "a module that adds a capability is noticed" =
    !(isShippedUnit
      (evaluate [
        {
          services.punktfunk.enable = true;
          systemd.services.punktfunk.serviceConfig.AmbientCapabilities = "CAP_SYS_ADMIN";
        }
      ]).systemd.services.punktfunk
    );
}
