# The ports on which a host with these settings is reached from outside. Builtins only.
schema: settings:
let
  at = builtins.foldl' (found: key: if builtins.isAttrs found then found.${key} or null else null);
  schemaOf = at schema;
  properties =
    path:
    builtins.concatMap (key: [
      "properties"
      key
    ]) path;
  value =
    path:
    let
      set = at settings path;
    in
    if set != null then set else schemaOf (properties path ++ [ "default" ]);

  when = condition: ports: if condition then ports else [ ];

  native = value [
    "doors"
    "native"
    "enable"
  ];
  dataPort = value [
    "doors"
    "native"
    "data_port"
  ];
  gamestream = value [
    "doors"
    "gamestream"
    "enable"
  ];
  gamestreamPort = value [
    "doors"
    "gamestream"
    "port"
  ];
  gamestreamPorts = builtins.mapAttrs (_: map (offset: gamestreamPort + offset)) (schemaOf (
    properties [
      "doors"
      "gamestream"
    ]
    ++ [ "x-offsets" ]
  ));

  listen = value [
    "console"
    "listen"
  ];
  isLoopback = address: builtins.match "127\\..*|::1" address != null;
  console = if builtins.isList listen then !(builtins.all isLoopback listen) else listen == "lan";
  # multicast DNS: how clients find the host without an address
  mdns = 5353;
in
{
  tcp =
    when console [
      (value [
        "console"
        "port"
      ])
    ]
    ++ when gamestream gamestreamPorts.tcp;
  udp =
    when native [
      (value [
        "doors"
        "native"
        "port"
      ])
    ]
    # 0: a port of its own for each stream. The host sends from it first, so that the firewall knows the answers.
    ++ when (native && dataPort != 0) [ dataPort ]
    ++ when gamestream gamestreamPorts.udp
    ++ when (native || gamestream) [ mdns ];
}
