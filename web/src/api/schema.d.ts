// Generated from docs/api/openapi.json by `npm run types`. Do not edit.

export interface paths {
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What happens from now on, as server-sent events that never end by themselves.
         * @description Each has a name (`event:`) and is about something (`data:`, one JSON object; without fields `null`). A comment every
         *     15 seconds says that the host is still there. A reader that was too slow gets `missed` and should look at the lists
         *     again.
         *
         *     | event | data |
         *     |---|---|
         *     | `pairing.pending` | `id`, `device`: a device knocks and waits |
         *     | `pairing.answered` | `id`, `device`, `outcome` (`approved`, `denied`, `expired`, `evicted`) |
         *     | `pairing.armed`, `pairing.disarmed` | |
         *     | `pairing.wrong_pin` | `device` |
         *     | `device.paired` | `device`, `via` (`approval`, `pin`, `declared`) |
         *     | `device.changed`, `device.access_ended` | `device` |
         *     | `stream.started` | `stream`, `device`, `name` |
         *     | `stream.ended` | `stream`, `device` |
         *     | `policy.reloaded` | |
         *     | `store.failed`, `store.recovered` | the allow-list on disk is behind the one in force, or no longer |
         *     | `missed` | how many |
         *
         *     `device` is a fingerprint.
         */
        get: operations["events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the host is up. Needs no rights and says nothing else. */
        get: operations["health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/native/clients": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is let in. */
        get: operations["listClients"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/native/clients/{fingerprint}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Throws a device out: its streams end within a second, and it is a stranger from then on. */
        delete: operations["revokeClient"];
        options?: never;
        head?: never;
        /** Gives a device another name. */
        patch: operations["renameClient"];
        trace?: never;
    };
    "/api/v1/native/ignored": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is ignored. */
        get: operations["listIgnored"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/native/ignored/{fingerprint}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Shows the knocks of a device again. It is not let in by that. */
        delete: operations["forgive"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/native/pair": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The state of PIN pairing. */
        get: operations["pinStatus"];
        put?: never;
        post?: never;
        /** Takes the PIN back. Nothing happens when none is armed. */
        delete: operations["disarmPin"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/native/pair/arm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes a PIN that is good for one guess. An armed one is replaced. */
        post: operations["armPin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/native/pending": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is waiting, the latest knock first. */
        get: operations["listPending"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/native/pending/{id}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Lets a waiting device in, for ever: its waiting connection goes on at once. */
        post: operations["approve"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/native/pending/{id}/deny": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Turns a waiting device away. */
        post: operations["deny"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the host is doing. */
        get: operations["status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description What was shown when the owner said yes. Anything else than what is there now is refused. */
        ApproveBody: {
            /** @description The fingerprint that was shown, all 64 hex digits. */
            fingerprint: string;
            /**
             * @description What to call the device from now on; its own name if absent.
             * @example Kitchen tablet
             */
            name?: string | null;
            /**
             * Format: int64
             * @description The revision that was shown; without it the fingerprint alone decides.
             */
            revision?: number | null;
        };
        /** @description What kind of PIN is wished for. */
        ArmBody: {
            /**
             * @description Only the device with this fingerprint, 64 hex digits, may use it.
             * @default null
             */
            fingerprint: string | null;
            /**
             * Format: int64
             * @description How long it shall work, 15 to 600 seconds; the policy's `pairing.pin.window` if absent.
             * @default null
             */
            ttl_secs: number | null;
        };
        /** @description A device that may come in without asking. */
        Client: {
            /**
             * Format: int64
             * @description Unix time at which a guest's time is over; absent for a device that is let in for ever.
             */
            expires_at?: number | null;
            /** @description SHA-256 of its certificate, 64 hex digits. */
            fingerprint: string;
            /**
             * Format: int64
             * @description Unix time at which it last came in.
             */
            last_seen?: number | null;
            /**
             * @description What it may do: `watch`, `play`, `full` or `owner`.
             * @example full
             */
            level: string;
            /**
             * @description What the owner calls it.
             * @example Kitchen tablet
             */
            name: string;
            /**
             * Format: int64
             * @description Unix time at which it was let in.
             */
            paired_at: number;
            /** @description Streams that it has running now. */
            streams: number;
            /**
             * @description How it was let in: `approval`, `pin` or `declared`.
             * @example approval
             */
            via: string;
        };
        /** @description How a device is turned away. */
        DenyBody: {
            /**
             * @description Do not show this device again until it is forgiven; otherwise it may knock again later.
             * @default false
             */
            ignore: boolean;
        };
        /** @description Whether the host is up. */
        Health: {
            /**
             * @description `ok` while it answers.
             * @example ok
             */
            status: string;
        };
        /** @description A device that is turned away without a word. */
        Ignored: {
            /** @description SHA-256 of its certificate, 64 hex digits. */
            fingerprint: string;
            /**
             * @description What it called itself when it was turned away.
             * @example Neighbour's phone
             */
            name: string;
            /**
             * Format: int64
             * @description Unix time since when.
             */
            since: number;
        };
        /** @description A device that has knocked. Its name is what it calls itself, cleaned; its fingerprint is who it is. */
        Pending: {
            /**
             * Format: int64
             * @description Seconds since its last knock.
             */
            age_secs: number;
            /** @description Whether it holds a connection open now, so that it is let in the moment it is approved. */
            connected: boolean;
            /** @description SHA-256 of its certificate, 64 hex digits. */
            fingerprint: string;
            /**
             * Format: int64
             * @description Unix time of its first knock.
             */
            first_seen: number;
            /**
             * Format: int64
             * @description Names the request; never used again, not even after a restart.
             * @example 271828182845
             */
            id: number;
            /**
             * Format: int64
             * @description How often it has knocked.
             */
            knocks: number;
            /**
             * Format: int64
             * @description Unix time of its last knock.
             */
            last_seen: number;
            /** @description Name of a trusted device that this one could be mistaken for. */
            looks_like?: string | null;
            /**
             * @description What the device calls itself, without anything that could deceive a reader.
             * @example Kitchen tablet
             */
            name: string;
            /** @description It was let in before, and its time ran out. */
            returning: boolean;
            /**
             * Format: int64
             * @description Changes whenever the name or the source does.
             */
            revision: number;
            /**
             * @description Where the last knock came from.
             * @example 192.168.1.23
             */
            source: string;
        };
        /** @description Whether a PIN is armed, and which. */
        PinStatus: {
            /** @description Somebody may be guessing. */
            alert: boolean;
            /** @description Whether a PIN is armed now. */
            armed: boolean;
            /** @description Whether this host pairs at all; false in open mode, where nobody needs to. */
            enabled: boolean;
            /**
             * Format: int64
             * @description Seconds until it stops working.
             */
            expires_in_secs?: number | null;
            /**
             * Format: int32
             * @description Wrong or abandoned PINs in a row.
             */
            failures: number;
            /** @description The only device that may use it. */
            fingerprint?: string | null;
            /** @description Devices that are let in. */
            paired_clients: number;
            /**
             * @description The PIN, to be typed on the device.
             * @example 4711
             */
            pin?: string | null;
            /**
             * Format: int64
             * @description Seconds until it works; above 0 only after wrong PINs.
             */
            usable_in_secs?: number | null;
        };
        /** @description What is answered in place of a result. */
        Problem: {
            /**
             * @description Stable and made for programs, e.g. `knock_changed`.
             * @example knock_changed
             */
            code: string;
            /**
             * @description What happened and what to do next, made for people.
             * @example this request has changed since it was shown; look at it again before you approve it
             */
            error: string;
            /**
             * Format: int32
             * @description The HTTP status, repeated.
             * @example 409
             */
            status: number;
        };
        /** @description A new name for a device. */
        RenameBody: {
            /**
             * @description The name; cleaned like any other, and cut at 64 bytes.
             * @example Kitchen tablet
             */
            name: string;
        };
        /** @description One source through one encoder; several streams may share it. */
        Session: {
            /**
             * @description The codec's name.
             * @example H.264
             */
            codec: string;
            /** @description The encoder at work. */
            encoder: string;
            /** @description Why a still picture is shown in its place. */
            fault?: string | null;
            /**
             * Format: int64
             * @description Pictures encoded so far.
             */
            frames: number;
            /**
             * Format: int32
             * @description Height in pixels.
             */
            height: number;
            /**
             * Format: int64
             * @description Its number, unique while the host runs.
             */
            id: number;
            /**
             * Format: int32
             * @description Pictures a second.
             */
            refresh_hz: number;
            /** @description What is shown. */
            source: string;
            /**
             * Format: int32
             * @description Bit rate of the video, kbit/s.
             */
            video_kbps: number;
            /** @description Streams that share it. */
            viewers: number;
            /**
             * Format: int32
             * @description Width in pixels.
             */
            width: number;
        };
        /** @description The host at one moment. */
        Status: {
            /** @description What wants the owner's eye, in sentences; empty when all is well. */
            attention: string[];
            /** @description SHA-256 of its certificate, 64 hex digits. */
            fingerprint: string;
            /**
             * @description What the box calls itself.
             * @example Living Room
             */
            name: string;
            /**
             * Format: int32
             * @description UDP port of the native door.
             * @example 9777
             */
            native_port: number;
            /** @description Devices that are let in. */
            paired: number;
            /** @description Whether unknown devices need to be let in; false in open mode. */
            pairing_required: boolean;
            /** @description Devices that wait for an answer. */
            pending: number;
            /** @description What is being encoded. */
            sessions: components["schemas"]["Session"][];
            /** @description Who watches. */
            streams: components["schemas"]["Stream"][];
            /**
             * Format: int64
             * @description Seconds since it started.
             */
            uptime_secs: number;
            /** @description Version of the host. */
            version: string;
        };
        /** @description A running stream. */
        Stream: {
            /**
             * Format: int64
             * @description Datagrams handed to the kernel.
             */
            datagrams: number;
            /**
             * Format: int64
             * @description Datagrams that the kernel had no room for.
             */
            dropped: number;
            /**
             * Format: int32
             * @description Parity per cent in force.
             */
            fec_percent: number;
            /** @description The device's fingerprint. */
            fingerprint: string;
            /**
             * Format: int64
             * @description Frames sent.
             */
            frames: number;
            /**
             * Format: int64
             * @description Its number, unique while the host runs.
             */
            id: number;
            /**
             * Format: int32
             * @description Loss that the client reported last, parts per million.
             */
            loss_ppm: number;
            /** @description The device's name. */
            name: string;
            /**
             * Format: int64
             * @description The session it watches.
             */
            session: number;
            /**
             * Format: int64
             * @description Frames skipped because the link or the client was behind.
             */
            skipped: number;
            /** @description Where it streams to. */
            source: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    events: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description events, as they happen */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example event: pairing.answered
                     *     data: {"id":271828182845,"device":"9f2c…","outcome":"approved"}
                     */
                    "text/event-stream": string;
                };
            };
            /**
             * @description `token_missing`: no bearer token was sent
             *
             *     `token_wrong`: this is not the host's token
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: whoever asks may not do this; the token works on the box itself only */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_slow`: the request took too long to arrive or to be answered */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description it is up */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
        };
    };
    listClients: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description who is let in */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Client"][];
                };
            };
            /**
             * @description `token_missing`: no bearer token was sent
             *
             *     `token_wrong`: this is not the host's token
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: whoever asks may not do this; the token works on the box itself only */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_slow`: the request took too long to arrive or to be answered */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revokeClient: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description all 64 hex digits */
                fingerprint: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description it is out */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `bad_fingerprint`: a fingerprint is 64 hex digits */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `token_missing`: no bearer token was sent
             *
             *     `token_wrong`: this is not the host's token
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: whoever asks may not do this; the token works on the box itself only */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: no such device, or no such place */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_slow`: the request took too long to arrive or to be answered */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `declared`: the policy declares the device: change it there */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `revoked_unsaved`: the device is out now, but that could not be saved: after a restart it would be let in again */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    renameClient: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description all 64 hex digits */
                fingerprint: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RenameBody"];
            };
        };
        responses: {
            /** @description it has its new name */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Client"];
                };
            };
            /**
             * @description `bad_fingerprint`: a fingerprint is 64 hex digits
             *
             *     `bad_json`: the body is no JSON, or not what this place takes
             *
             *     `bad_name`: nothing that can be shown is in the name
             *
             *     `unreadable`: the body broke off
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `token_missing`: no bearer token was sent
             *
             *     `token_wrong`: this is not the host's token
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: whoever asks may not do this; the token works on the box itself only */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: no such device, or no such place */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_slow`: the request took too long to arrive or to be answered */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `declared`: the policy declares the device: change it there */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large`: the body is larger than 16 KiB */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `json_only`: the body is not sent as JSON */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_saved`: it could not be saved, so nothing was changed */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listIgnored: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description who is ignored */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ignored"][];
                };
            };
            /**
             * @description `token_missing`: no bearer token was sent
             *
             *     `token_wrong`: this is not the host's token
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: whoever asks may not do this; the token works on the box itself only */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_slow`: the request took too long to arrive or to be answered */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    forgive: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description all 64 hex digits */
                fingerprint: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description it may knock again */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `bad_fingerprint`: a fingerprint is 64 hex digits */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `token_missing`: no bearer token was sent
             *
             *     `token_wrong`: this is not the host's token
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: whoever asks may not do this; the token works on the box itself only */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `knock_gone`: no such device waits, or is ignored */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_slow`: the request took too long to arrive or to be answered */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_saved`: it could not be saved, so nothing was changed */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    pinStatus: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description whether a PIN is armed, and which */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PinStatus"];
                };
            };
            /**
             * @description `token_missing`: no bearer token was sent
             *
             *     `token_wrong`: this is not the host's token
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: whoever asks may not do this; the token works on the box itself only */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_slow`: the request took too long to arrive or to be answered */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    disarmPin: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description no PIN is armed */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /**
             * @description `token_missing`: no bearer token was sent
             *
             *     `token_wrong`: this is not the host's token
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: whoever asks may not do this; the token works on the box itself only */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_slow`: the request took too long to arrive or to be answered */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    armPin: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ArmBody"] | null;
            };
        };
        responses: {
            /** @description the PIN that is armed now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PinStatus"];
                };
            };
            /**
             * @description `bad_fingerprint`: a fingerprint is 64 hex digits
             *
             *     `bad_json`: the body is no JSON, or not what this place takes
             *
             *     `bad_window`: a PIN works for 15 to 600 seconds
             *
             *     `unreadable`: the body broke off
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `token_missing`: no bearer token was sent
             *
             *     `token_wrong`: this is not the host's token
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: whoever asks may not do this; the token works on the box itself only */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_slow`: the request took too long to arrive or to be answered */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large`: the body is larger than 16 KiB */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `json_only`: the body is not sent as JSON */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listPending: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description who is waiting */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Pending"][];
                };
            };
            /**
             * @description `token_missing`: no bearer token was sent
             *
             *     `token_wrong`: this is not the host's token
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: whoever asks may not do this; the token works on the box itself only */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_slow`: the request took too long to arrive or to be answered */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    approve: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description of the list of who is waiting */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApproveBody"];
            };
        };
        responses: {
            /** @description it is let in */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Client"];
                };
            };
            /**
             * @description `bad_fingerprint`: a fingerprint is 64 hex digits
             *
             *     `bad_json`: the body is no JSON, or not what this place takes
             *
             *     `bad_path`: a part of the path cannot be read
             *
             *     `unreadable`: the body broke off
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `token_missing`: no bearer token was sent
             *
             *     `token_wrong`: this is not the host's token
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: whoever asks may not do this; the token works on the box itself only */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `knock_gone`: no such device waits, or is ignored */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_slow`: the request took too long to arrive or to be answered */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `other_device`: another device waits there than the one that was shown; nothing was stored
             *
             *     `knock_changed`: what waits there has changed since it was shown; nothing was stored
             *
             *     `list_full`: the list is full
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large`: the body is larger than 16 KiB */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `json_only`: the body is not sent as JSON */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_saved`: it could not be saved, so nothing was changed */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deny: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description of the list of who is waiting */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["DenyBody"] | null;
            };
        };
        responses: {
            /** @description it is turned away */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /**
             * @description `bad_json`: the body is no JSON, or not what this place takes
             *
             *     `bad_path`: a part of the path cannot be read
             *
             *     `unreadable`: the body broke off
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `token_missing`: no bearer token was sent
             *
             *     `token_wrong`: this is not the host's token
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: whoever asks may not do this; the token works on the box itself only */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `knock_gone`: no such device waits, or is ignored */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_slow`: the request took too long to arrive or to be answered */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `list_full`: the list is full */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large`: the body is larger than 16 KiB */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `json_only`: the body is not sent as JSON */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_saved`: it could not be saved, so nothing was changed */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    status: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the host at this moment */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
            /**
             * @description `token_missing`: no bearer token was sent
             *
             *     `token_wrong`: this is not the host's token
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: whoever asks may not do this; the token works on the box itself only */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_slow`: the request took too long to arrive or to be answered */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
