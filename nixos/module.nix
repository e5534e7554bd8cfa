# services.punktfunk: the streaming host as a service of a NixOS machine. The units, the udev rule and the tmpfiles are
# the package's own, the same on every distribution; here stands only what a distribution adds to them.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib)
    mkEnableOption
    mkIf
    mkMerge
    mkOption
    types
    ;
  cfg = config.services.punktfunk;
  format = pkgs.formats.json { };
  schema = import ./lib/schema.nix;
  ports = import ./lib/ports.nix schema cfg.settings;
  packagesOf = pkgs: import ./packages.nix { inherit pkgs; };
  platform = pkgs.stdenv;

  # JSON is YAML, and needs no emitter that the daemon's parser would have to agree with.
  text = import ./lib/policy.nix cfg.settings;
  written = pkgs.writeText "punktfunk.yaml" text;
  # What the fault is reported against: the name under which the person who made it knows the text.
  source =
    if cfg.policyFile == null then "services.punktfunk.settings" else baseNameOf cfg.policyFile;
  # The daemon itself decides, on the building machine; it needs no network, state or device for that.
  policy = pkgs.runCommand "punktfunk-policy.yaml" { preferLocalBuild = true; } ''
    cp ${if cfg.policyFile == null then written else cfg.policyFile} '${source}'
    ${cfg.checkPackage}/bin/punktfunk-host config check '${source}'
    cp '${source}' $out
  '';
in
{
  options.services.punktfunk = {
    enable = mkEnableOption "the punktfunk streaming host";

    package = mkOption {
      type = types.package;
      default = (packagesOf pkgs).host;
      defaultText = "the host of this flake";
      description = "The package with the host's programs, its units, its udev rule and its tmpfiles.";
    };

    checkPackage = mkOption {
      type = types.package;
      default =
        if platform.buildPlatform.canExecute platform.hostPlatform then
          cfg.package
        else
          (packagesOf pkgs.buildPackages).host;
      defaultText = "the package, or its build for the building machine";
      description = "The host that checks the policy while the system is built.";
    };

    settings = mkOption {
      type = types.submodule {
        freeformType = format.type;
        options = import ./lib/options.nix { inherit lib format; } schema;
      };
      default = { };
      example = {
        name = "Living Room";
        pairing.pending.hold = "5m";
        console.listen = "local";
      };
      description = ''
        The policy, as docs/policy.md explains it key by key. The build fails, with key and remedy, when the host would
        refuse it. Everybody on the machine can read it.
      '';
    };

    policyFile = mkOption {
      type = types.nullOr types.path;
      default = null;
      example = "./punktfunk.yaml";
      description = "A policy written as YAML, in place of `settings`; it is checked just the same.";
    };

    policy = mkOption {
      type = types.package;
      default = policy;
      readOnly = true;
      internal = true;
      description = "The policy that was checked.";
    };

    openFirewall = mkOption {
      type = types.bool;
      default = false;
      description = ''
        Whether to open the firewall for the doors that `settings` open and for the console where it listens to the
        network; nothing is opened for what is closed there.
      '';
    };

    environmentFile = mkOption {
      type = types.nullOr types.str;
      default = null;
      example = "/run/secrets/punktfunk.env";
      description = ''
        A file outside of the store with NAME=value lines for the host's environment, read when it starts. For secrets
        and nothing else: all that is not secret belongs into `settings`.
      '';
    };
  };

  config = mkIf cfg.enable {
    assertions = [
      {
        assertion = cfg.policyFile == null || text == "{}\n";
        message = "services.punktfunk: policyFile takes the place of settings. Keep one of the two.";
      }
      {
        assertion = cfg.policyFile == null || !cfg.openFirewall;
        message = "services.punktfunk.openFirewall follows settings and cannot read policyFile. Write the policy as settings, or open the ports with networking.firewall.";
      }
      {
        assertion = cfg.environmentFile == null || !(lib.hasPrefix builtins.storeDir cfg.environmentFile);
        message = "services.punktfunk.environmentFile lies in the store, where everybody can read it. Name a path outside of it, in quotes.";
      }
    ];

    environment.systemPackages = [ cfg.package ];
    environment.etc."punktfunk/punktfunk.yaml".source = policy;

    services.udev.packages = [ cfg.package ];
    systemd = mkMerge (
      import ./lib/install.nix ../host/daemon/units
      ++ [
        {
          packages = [ cfg.package ];
          tmpfiles.packages = [ cfg.package ];
          # A drop-in of the shipped unit.
          services.punktfunk = {
            # A changed policy is taken up by the running host, and streams go on; doors and addresses need a new start.
            reloadTriggers = [ policy ];
            restartTriggers = [
              (builtins.hashString "sha256" (
                builtins.toJSON [
                  cfg.settings.doors
                  cfg.settings.console
                ]
              ))
            ];
            serviceConfig = mkIf (cfg.environmentFile != null) { EnvironmentFile = cfg.environmentFile; };
          };
        }
      ]
    );

    # As punktfunk.sysusers has them; NixOS reads no sysusers of packages.
    users.users.punktfunk = {
      isSystemUser = true;
      group = "punktfunk";
      home = "/var/lib/punktfunk";
      description = "punktfunk streaming host";
    };
    users.users.punktfunk-screen = {
      isSystemUser = true;
      group = "punktfunk-screen";
      description = "punktfunk screen reader";
    };
    users.groups.punktfunk = { };
    users.groups.punktfunk-screen = { };

    # DeviceAllow= grants a node that exists when the host starts.
    boot.kernelModules = [ "uinput" ];

    networking.firewall = mkIf cfg.openFirewall {
      allowedTCPPorts = ports.tcp;
      allowedUDPPorts = ports.udp;
    };
  };
}
