# What holds of the appliance, of what the flake exposes, and of its tests.
configurations:
let
  mini = import ./minilib.nix;
  machines = builtins.concatMap (test: builtins.attrValues test.machines) tests;
  testOf = name: builtins.head (builtins.filter (test: test.name == "punktfunk-${name}") tests);
  inherit (configurations)
    box
    crates
    cratesOf
    definitions
    flake
    linesOf
    packages
    refusals
    scenarios
    set
    tests
    vmTests
    ;
in
{
  "the image has the partitions that image/ defines, in their order" =
    builtins.mapAttrs (
      _: partition: removeAttrs partition.repartConfig [ "SplitName" ]
    ) box.image.repart.partitions == definitions ../../image/repart.d;
  "a slot is packed, so that a living room fits in" =
    builtins.elem "-zlz4hc" (box.image.repart.mkfsOptions.erofs or [ ]);
  "the first boot grows the disk as image/ defines" =
    box.systemd.repart.partitions == definitions ../../image/first-boot.repart.d;
  "the two slots of a disk are of one size" =
    let
      of = name: key: box.systemd.repart.partitions.${name}.${key};
      flashed = name: key: box.image.repart.partitions.${name}.repartConfig.${key};
    in
    builtins.all
      (
        key:
        of "30-usr-verity-b" key == flashed "10-usr-verity" key && of "40-usr-b" key == flashed "20-usr" key
      )
      [
        "Type"
        "SizeMinBytes"
        "SizeMaxBytes"
      ];
  "the box's policy is the owner's" =
    box.systemd.services.punktfunk.requires == [ "etc-punktfunk.mount" ]
    && box.systemd.services.punktfunk-policy.wantedBy == [ "multi-user.target" ];
  # NixOS makes it before any unit runs, and so before a factory reset takes all that is in /var.
  "the living room's program has a home after a factory reset, too" =
    let
      inherit (box.users.users.living-room) home;
      resets = linesOf ../../image/units/punktfunk-reset.service;
      before = builtins.filter (mini.hasPrefix "Before=") resets;
    in
    builtins.elem "d ${home} 0700 living-room users -" box.systemd.tmpfiles.rules
    && builtins.any (line: builtins.match ".*[= ]systemd-tmpfiles-setup\\.service .*" line != null) before;
  "what a feed is made from is built, under the names that image/sysupdate.d has for it" =
    let
      folder = ../../image/sysupdate.d;
      patternOf =
        file:
        builtins.head (
          builtins.filter (line: line != null) (
            map (builtins.match "MatchPattern=(.*)") (linesOf (folder + "/${file}"))
          )
        );
      names = map (
        file: builtins.replaceStrings [ "@v" ] [ box.system.image.version ] (builtins.head (patternOf file))
      ) (builtins.attrNames (builtins.readDir folder));
      script = builtins.elemAt box.system.build.release.args 1;
    in
    builtins.length names == 3 && builtins.all (name: mini.hasInfix " $out/${name}\n" script) names;
  "a version that cannot stream is not blessed, and updates come by themselves" =
    box.systemd.services.punktfunk-gate.requiredBy == [ "boot-complete.target" ]
    && box.systemd.timers.punktfunk-update.wantedBy == [ "timers.target" ];
  "the box's image is tried three times, and nobody can log in" =
    box.boot.uki.tries == 3 && !box.services.openssh.enable && box.users.allowNoPasswordLogin;

  "the flake has its packages, its module, its machines and its tests" =
    builtins.all (name: flake.packages.x86_64-linux ? ${name}) [
      "client"
      "console"
      "default"
      "host"
      "image"
      "release"
      "update"
    ]
    && flake.nixosModules ? punktfunk
    && builtins.all (machine: refusals machine.config == [ ]) (
      builtins.attrValues flake.nixosConfigurations
    );
  # But for the one that these sentences are.
  "every check of the flake is something to build" =
    let
      checks = removeAttrs flake.checks.x86_64-linux ([ "modules" ] ++ vmTests);
    in
    builtins.all (check: check ? testScript || builtins.isString check.drvPath) (
      builtins.attrValues checks
    )
    && checks ? refused-misspelt
    && checks ? appliance;
  "every crate that a package builds is in the workspace" =
    builtins.all (package: builtins.all (crate: builtins.elem crate crates) (cratesOf package))
      (
        builtins.attrValues (
          removeAttrs packages [
            "boxWith"
            "console"
            "version"
          ]
        )
      );
  "the console is made of the npm packages of the lock, each with its hash" =
    let
      inherit (configurations.packages.console.definition.npmDeps) packageSourceOverrides packages;
      fetched = place: packageSourceOverrides.${place}.attrs.outputHash;
    in
    packages != { }
    && builtins.all (place: fetched place == packages.${place}.integrity) (builtins.attrNames packages)
    # npm takes what is called otherwise for a folder.
    && builtins.all (source: mini.hasSuffix ".tgz" source.name) (
      builtins.attrValues packageSourceOverrides
    );
  "every machine that a scenario is tested on can be evaluated, as NixOS and with no refusal" =
    builtins.all (machine: refusals machine == [ ] && builtins.deepSeq (set machine) true)
      machines;
  "the user of the scenario of apps may run them, and finds programs by their names" =
    let
      script = builtins.readFile ../../vm-tests/scenarios/apps.py;
      user = builtins.head (builtins.match ".*\nUSER = \"([^\"]+)\".*" script);
      machine = (testOf "apps").machines.host;
    in
    machine.users.users ? ${user}
    && machine.systemd.services."punktfunk-apps@${user}".environment ? PATH;
  "every machine that is looked at has a screen of the size that the Debian guest has" =
    builtins.all (
      test:
      builtins.any (mini.hasInfix "virtio-gpu-pci,xres=640,yres=480") test.machines.host.virtualisation.qemu.options
    ) tests
    && mini.hasInfix "screen: tuple[int, int] = (640, 480)" (
      builtins.readFile ../../vm-tests/driver/qemu.py
    );
  "every scenario is a test of the flake" = vmTests == map (name: "vm-${name}") scenarios;
  "a box that is tested is like the one that is shipped: nobody logs in, and no Nix changes it" =
    builtins.all
      (
        config:
        !config.nix.enable
        && !config.system.switch.enable
        && !config.users.mutableUsers
        && config.image.repart.verityStore.enable
        && !config.services.openssh.enable
      )
      (
        [ flake.nixosConfigurations.appliance.config ]
        ++ builtins.filter (machine: machine.system.image.id == "punktfunk") machines
      );
  "a box has the versions to update to, each of them an image of NixOS" =
    builtins.all
      (
        name:
        let
          releases = (testOf name).machines.host.system.build.releases;
        in
        builtins.attrNames releases == [
          "1.1.0"
          "1.2.0"
        ]
        && builtins.all (release: release ? drvPath) (builtins.attrValues releases)
      )
      [
        "power_cuts"
        "update"
      ];
  "every write of the box of power cuts is recorded, and of no other box" =
    let
      recorded =
        machine: builtins.any (mini.hasInfix "blklogwrites") machine.virtualisation.qemu.options;
    in
    recorded (testOf "power_cuts").machines.host
    && builtins.length (builtins.filter recorded machines) == 1;
}
