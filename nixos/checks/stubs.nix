# The options of NixOS that the modules set, with their types, for an evaluation without NixOS. Strict: what is not here
# does not exist. Seen in NixOS 26.05; who moves to a newer one looks them over.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
  o = type: default: mkOption { inherit type default; };
  list = type: o (types.listOf type) [ ];
  set = type: o (types.attrsOf type) { };
  free = set types.anything;
  service.options = {
    wantedBy = list types.str;
    requiredBy = list types.str;
    before = list types.str;
    after = list types.str;
    requires = list types.str;
    wants = list types.str;
    path = list types.package;
    reloadTriggers = list types.anything;
    restartTriggers = list types.anything;
    unitConfig = free;
    serviceConfig = free;
    environment = set types.str;
    overrideStrategy = o (types.enum [
      "asDropinIfExists"
      "asDropin"
    ]) "asDropinIfExists";
  };
  activated.options = {
    inherit (service.options) wantedBy requiredBy;
  };
  user =
    { config, name, ... }:
    {
      options = {
        isSystemUser = o types.bool false;
        isNormalUser = o types.bool false;
        group = o types.str "";
        home = o types.str "/var/empty";
        createHome = o types.bool false;
        description = o types.str "";
        extraGroups = list types.str;
      };
      # NixOS' own definitions, which those of the modules must not contradict.
      config = lib.mkIf config.isNormalUser {
        group = lib.mkDefault "users";
        home = lib.mkDefault "/home/${name}";
        createHome = lib.mkDefault true;
      };
    };
  fileSystem.options = {
    device = o (types.nullOr types.str) null;
    fsType = o types.str "auto";
    options = list types.str;
    neededForBoot = o types.bool false;
  };
  partition.options = {
    contents = set (types.submodule { options.source = mkOption { type = types.path; }; });
    storePaths = list types.path;
    repartConfig = free;
  };
  # What NixOS builds of a configuration: nothing, when it refuses it or cannot evaluate it.
  image =
    let
      refused = builtins.filter (a: !a.assertion) config.assertions;
      whole = removeAttrs config [
        "_module"
        "services"
        "system"
      ];
    in
    if refused == [ ] then
      builtins.deepSeq whole "/image_${toString config.system.image.version}"
    else
      throw (builtins.head refused).message;
in
{
  config.system.build = {
    finalImage = image;
    intermediateImage = image;
    toplevel = derivation {
      name = "toplevel";
      system = "x86_64-linux";
      builder = "/bin/sh";
      args = [ image ];
    };
    uki = image;
  };

  options = {
    assertions = list types.anything;
    boot = {
      kernelModules = list types.str;
      supportedFilesystems = list types.str;
      initrd.supportedFilesystems = list types.str;
      initrd.availableKernelModules = list types.str;
      kernelParams = list types.str;
      loader.grub.enable = o types.bool true;
      loader.systemd-boot.enable = o types.bool false;
      initrd.systemd.enable = o types.bool false;
      initrd.systemd.repart.enable = o types.bool false;
      initrd.systemd.services = set (types.submodule service);
      uki.name = o types.str "nixos";
      uki.tries = o (types.nullOr types.int) null;
    };
    environment.etc = set (types.submodule { options.source = mkOption { type = types.path; }; });
    environment.systemPackages = list types.package;
    environment.sessionVariables = set types.str;
    fileSystems = set (types.submodule fileSystem);
    fonts.enableDefaultPackages = o types.bool false;
    hardware.enableRedistributableFirmware = o types.bool false;
    hardware.graphics.enable = o types.bool false;
    image.repart = {
      name = o types.str "";
      imageFile = o types.str "punktfunk.raw";
      imageFileBasename = o types.str "punktfunk";
      split = o types.bool false;
      mkfsOptions = set (types.listOf types.str);
      verityStore.enable = o types.bool false;
      verityStore.partitionIds = {
        esp = o types.str "00-esp";
        store-verity = o types.str "10-store-verity";
        store = o types.str "20-store";
      };
      partitions = set (types.submodule partition);
    };
    networking = {
      hostName = o types.str "nixos";
      useNetworkd = o types.bool false;
      firewall.enable = o types.bool true;
      firewall.allowedTCPPorts = list types.port;
      firewall.allowedUDPPorts = list types.port;
    };
    nix.enable = o types.bool true;
    nixpkgs.hostPlatform = o types.str "x86_64-linux";
    security.polkit.enable = o types.bool false;
    security.polkit.extraConfig = o types.lines "";
    security.rtkit.enable = o types.bool false;
    services.greetd.enable = o types.bool false;
    services.greetd.settings = o types.anything { };
    services.nginx = {
      enable = o types.bool false;
      virtualHosts = set (types.submodule { options.root = o (types.nullOr types.str) null; });
    };
    services.openssh.enable = o types.bool false;
    services.pipewire = {
      enable = o types.bool false;
      alsa.enable = o types.bool false;
      pulse.enable = o types.bool false;
      extraConfig.pipewire-pulse = free;
    };
    services.udev.packages = list types.path;
    system.activationScripts = free;
    system.boot.loader.ukiFile = o types.str "punktfunk.efi";
    system.build = set types.anything;
    system.image.id = o (types.nullOr types.str) null;
    system.image.version = o (types.nullOr types.str) null;
    system.switch.enable = o types.bool true;
    system.stateVersion = o types.str "26.05";
    systemd = {
      defaultUnit = o types.str "multi-user.target";
      packages = list types.package;
      repart.partitions = set (types.attrsOf types.anything);
      services = set (types.submodule service);
      targets = set (types.submodule { options = { inherit (service.options) requires wants; }; });
      timers = set (types.submodule activated);
      sockets = set (types.submodule activated);
      paths = set (types.submodule activated);
      settings.Manager = free;
      tmpfiles.packages = list types.package;
      tmpfiles.rules = list types.str;
      user.services = set (types.submodule activated);
    };
    users.mutableUsers = o types.bool true;
    users.allowNoPasswordLogin = o types.bool false;
    users.users = set (types.submodule user);
    users.groups = set (types.submodule { options = { }; });
    # Of the virtual machines that NixOS is tested in.
    virtualisation = {
      memorySize = o types.int 1024;
      diskImage = o (types.nullOr types.str) "./disk.qcow2";
      diskSize = o types.int 1024;
      qemu.options = list types.str;
      qemu.package = o types.str "/qemu";
      directBoot.enable = o types.bool true;
      mountHostNixStore = o types.bool true;
      useEFIBoot = o types.bool false;
      fileSystems = free;
    };
  };
}
