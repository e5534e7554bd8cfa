# Each must fail to evaluate, with these words, or the small library and the stubs would let it pass.
{
  an-option-that-is-not = {
    module.services.punktfunk.nosuch = 1;
    says = "services.punktfunk.nosuch";
  };
  an-option-of-nixos-that-is-not = {
    module.services.greetd.enabled = true;
    says = "services.greetd.enabled";
  };
  a-word-of-a-unit-that-is-not = {
    module.systemd.services.punktfunk.wantedby = [ "multi-user.target" ];
    says = "wantedby";
  };
  a-word-of-a-user-that-is-not = {
    module.users.users.punktfunk.isSystem = true;
    says = "isSystem";
  };
  a-port-as-text-in-the-firewall = {
    module.networking.firewall.allowedTCPPorts = [ "47990" ];
    says = "networking.firewall.allowedTCPPorts";
  };
  a-port-as-text-in-the-settings = {
    module.services.punktfunk.settings.console.port = "47990";
    says = "settings.console.port";
  };
  a-port-out-of-range = {
    module.services.punktfunk.settings.doors.native.port = 70000;
    says = "settings.doors.native.port";
  };
  a-choice-that-is-not = {
    module.services.punktfunk.settings.update.window = "noon";
    says = "settings.update.window";
  };
  a-compositor-that-is-not = {
    module.services.punktfunk.kiosk.compositor = "weston";
    says = "kiosk.compositor";
  };
  a-package-that-is-not = {
    module = { pkgs, ... }: { environment.systemPackages = [ pkgs.nosuch ]; };
    says = "nosuch";
  };
  a-function-that-is-not = {
    module = { lib, ... }: { networking.hostName = lib.nosuch "x"; };
    says = "nosuch";
  };
  a-name-set-twice = {
    module.imports = [
      { networking.hostName = "a"; }
      { networking.hostName = "b"; }
    ];
    says = "networking.hostName";
  };
  a-word-of-a-package-that-is-not = {
    module = { pkgs, ... }: {
      environment.systemPackages = [
        (pkgs.rustPlatform.buildRustPackage {
          pname = "x";
          cargoFlags = [ ];
        })
      ];
    };
    says = "cargoFlags";
  };
}
