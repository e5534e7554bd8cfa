// Generated from docs/api/openapi.json by `npm run types`. Do not edit.

export interface paths {
    "/api/v1/backup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The identity, the devices with all revocations, and the policy, as one file in the age format, encrypted with a
         *     passphrase. It holds the private key of the box.
         */
        post: operations["backup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/box-card": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What the box has to say to whoever sits before it: how it is claimed, and why its policy was refused. Nothing while a
         *     device streams, since that may see the screen. Answered on the control socket only.
         */
        get: operations["boxCard"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/browsers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Which browsers are signed in, the one that was seen last first. */
        get: operations["listBrowsers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/browsers/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Signs a browser out; what it has open ends at once. */
        delete: operations["revokeBrowser"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/claim": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Gives the box its owner: whoever is at the box reads the code there and sets the password. The browser is signed in. */
        post: operations["claim"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/claim-code": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The code that claims the box. Answered on the control socket only. */
        get: operations["claimCode"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/clock/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes the clock for right although it was later before, so that guests need not wait any more. */
        post: operations["acceptClock"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/doctor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Looks at everything that a host needs and changes nothing: the same as `punktfunk-host doctor`. What was found in the
         *     last five seconds is not looked at again.
         */
        get: operations["doctor"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What happens from now on, as server-sent events that never end by themselves.
         * @description The data of each is one JSON object whose `event` says what it is, the same as its name (`event:`). The first is
         *     `hello`. A comment every 15 seconds says that the host is still there.
         *
         *     Each has an id (`id:`). A reader that comes back and sends the last one that it saw as `Last-Event-ID` gets what
         *     happened meanwhile. Where that is too much (256 events are kept), or the host was started anew, it gets `missed` and
         *     should look at everything again; so does a reader that is too slow.
         *
         *     The stream ends when its reader is signed out, or its token revoked.
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
        /**
         * Changes what a device is called, or what it may do and until when. That holds for its running streams too.
         * @description More than the name is changed only after a recent proof of the password, and no token but one for `all` makes an owner.
         */
        patch: operations["amendClient"];
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
        /**
         * Makes a PIN that is good for one guess. While one is armed there is no other: it would make the first worthless in the
         *     hands of whoever is typing it.
         */
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
        /** Who is waiting, whoever knocked first at the top. */
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
        /**
         * Lets a waiting device in, for ever or for a while: its waiting connection goes on at once.
         * @description No token but one for `all` lets it in as an owner.
         */
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
    "/api/v1/native/pending/{id}/pin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Enters the PIN that a waiting device shows: one attempt of this very device. The answer comes once it has proven that it
         *     knows the PIN, or has not.
         */
        post: operations["enterPin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document. Needs no rights once the box has an owner; `/api/docs` shows it. */
        get: operations["openapi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Changes the password. Every other browser is signed out; API tokens go on working. */
        put: operations["changePassword"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The policy in force: each value, where it came from, and what it is for. */
        get: operations["policy"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policy/reload": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Reads the policy's file again and puts it in force, all or nothing. Ports and addresses change only at the next start. */
        post: operations["reloadPolicy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What the box shows now, no side longer than 960 pixels: what its viewers see, or, while nobody streams, what they would
         *     see. For the owner alone; no API token shows it.
         */
        get: operations["preview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/proof": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Gives the password again, so that weighty things may be done for a while. */
        post: operations["prove"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/record": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What happened lately, newest first: decisions also from before the host was last started. */
        get: operations["record"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reset-password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Forgets the password: the box has no owner, nobody is signed in, no API token works, and a new code claims it. Devices
         *     that are let in stay so. Answered on the control socket only.
         */
        post: operations["resetPassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Decides that the box becomes the one of a backup and lets its devices in. Devices that were revoked since stay out, and
         *     those that are let in now stay so. The host ends a second later, and puts the backup in place when the service manager
         *     starts it again.
         */
        post: operations["restore"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How whoever asks stands with this box. Needs no rights. */
        get: operations["session"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sign-in": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Signs this browser in. A session that it had before ends. */
        post: operations["signIn"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sign-out": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Signs this browser out. */
        post: operations["signOut"];
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
    "/api/v1/streams/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Ends a stream. Its device may come back; revoke it if it may not. */
        delete: operations["endStream"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Which tokens there are, the newest first. Their texts are not kept. */
        get: operations["listTokens"];
        put?: never;
        /** Makes a token. Its text is in this answer and nowhere else. */
        post: operations["makeToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Makes a token work no more. */
        delete: operations["revokeToken"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What the host is doing, in the text format of Prometheus. Sessions and streams are labelled by their numbers; no device,
         *     name or address is in it.
         */
        get: operations["metrics"];
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
        /** @description What is to change about a device, all or nothing; what is absent stays as it is. */
        AmendBody: {
            /**
             * Format: int64
             * @description It is a guest, and its time is over in so many seconds.
             * @default null
             * @example 86400
             */
            expires_in_secs?: number | null;
            /**
             * @description It is no guest any more.
             * @default false
             */
            forever?: boolean;
            /** @default null */
            level?: components["schemas"]["Level"] | null;
            /**
             * @description Its name; cleaned like any other, and cut at 64 bytes.
             * @default null
             * @example Kitchen tablet
             */
            name?: string | null;
        };
        /** @description A token by which a script asks. */
        ApiToken: {
            /**
             * Format: int64
             * @description Unix time at which it was made.
             */
            created_at: number;
            /**
             * @description Names it.
             * @example 9f2c41ab9f2c41ab
             */
            id: string;
            /**
             * Format: int64
             * @description Unix time at which a script last asked with it.
             */
            last_used?: number | null;
            /**
             * @description What the owner calls it.
             * @example Home dashboard
             */
            name: string;
            /** @description What it may do. */
            scope: components["schemas"]["TokenScope"];
        };
        /** @description What was shown when the owner said yes. Anything else than what is there now is refused. */
        ApproveBody: {
            /**
             * Format: int64
             * @description Its time is over in so many seconds; never if absent.
             * @example 86400
             */
            expires_in_secs?: number | null;
            /**
             * @description The fingerprint that was shown, all 64 hex digits.
             * @example 9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab
             */
            fingerprint: string;
            level?: components["schemas"]["Level"] | null;
            /**
             * @description What to call the device from now on; its own name if absent.
             * @example Kitchen tablet
             */
            name?: string | null;
            /**
             * Format: int64
             * @description The revision that was shown.
             * @example 1
             */
            revision: number;
        };
        /** @description What kind of PIN is wished for. */
        ArmBody: {
            /**
             * @description Only the device with this fingerprint, 64 hex digits, may use it.
             * @default null
             * @example 9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab
             */
            fingerprint?: string | null;
            /**
             * Format: int64
             * @description How long it shall work, 15 to 600 seconds; the policy's `pairing.pin.window` if absent.
             * @default null
             * @example 120
             */
            ttl_secs?: number | null;
        };
        /** @description Something that wants the owner's eye. */
        Attention: {
            /** @description What it is, for programs. */
            code: components["schemas"]["AttentionCode"];
            /**
             * @description What to do about it.
             * @example set pairing.require in the policy to change that
             */
            next: string;
            /** @description What the sentence is about, by name: for those who say it in another language. */
            params: {
                [key: string]: string;
            };
            /**
             * @description What is the case.
             * @example every device on the network may stream
             */
            sentence: string;
            /** @description How much it matters. */
            severity: components["schemas"]["Severity"];
        };
        /**
         * @description What can want the owner's eye.
         * @enum {string}
         */
        AttentionCode: "store_not_saved" | "owner_not_saved" | "pin_guessing" | "no_picture" | "open_mode" | "no_encoder" | "no_codec" | "no_door" | "weaker_door" | "clock_behind" | "pins_stopped" | "no_display" | "encoder_fell_back" | "input_unavailable" | "policy_bad" | "policy_refused" | "restart_due" | "setting_without_effect" | "software_encoder" | "update_went_back" | "update_unproven" | "update_failed" | "feed_silent" | "update_waiting" | "update_ready" | "knocks_waiting";
        /** @description Makes a backup. */
        BackupBody: {
            /**
             * @description What opens it: at least ten characters.
             * @example grüne Wolken ziehen
             */
            passphrase: string;
        };
        /**
         * @description A book of the record.
         * @enum {string}
         */
        Book: "admission" | "owner";
        /** @description A card for the box's own screen. */
        BoxCard: {
            /**
             * @description What is to be typed somewhere, large.
             * @example ABCD-2345
             */
            code?: string | null;
            /**
             * @description What a telephone reads off the card.
             * @example https://192.168.1.20:47990/#claim=ABCD-2345
             */
            link?: string | null;
            /** @description What is the case and what to do. */
            sentences: string[];
            /**
             * @description What it is about.
             * @example Claim this box
             */
            title: string;
        };
        /** @description One thing that was looked at. */
        Check: {
            /** @description What was found, for programs: a stable word, whether good or not. */
            code: components["schemas"]["MachineCode"];
            /**
             * @description What was found.
             * @example in use by sunshine (process 7)
             */
            found: string;
            /** @description Whether it is as it should be. */
            good: boolean;
            /**
             * @description What to do about it, or how it could be better.
             * @example stop that program or set doors.native.port in the policy
             */
            next?: string | null;
            /** @description What the sentences are about, by name: for those who say them in another language. */
            params: {
                [key: string]: string;
            };
            /**
             * @description What was looked at.
             * @example UDP port 9777
             */
            subject: string;
        };
        /** @description Claims the box. */
        ClaimBody: {
            /**
             * @description The code that the box shows; case, spaces and dashes do not count.
             * @example ABCD-2345
             */
            code: string;
            /**
             * @description The password from now on: at least 10 characters, at most 1024 bytes, none of the obvious ones.
             * @example grüne Wolken ziehen
             */
            password: string;
        };
        /** @description Whether the box has an owner, and how it gets one. */
        ClaimState: {
            /** @description Whether it has one. */
            claimed: boolean;
            /**
             * @description The code that claims it; none when it has an owner.
             * @example ABCD-2345
             */
            code?: string | null;
            /**
             * @description The same with the code and the box's fingerprint, for a telephone to read off a QR code; none when the box has an
             *     owner, or no address that a telephone could reach.
             * @example https://192.168.1.20:47990/#claim=ABCD-2345
             */
            link?: string | null;
            /**
             * @description Where the console is.
             * @example https://192.168.1.20:47990
             */
            url: string;
        };
        /** @description A device that may come in without asking. */
        Client: {
            /**
             * @description The fingerprint's colour, `#rrggbb`.
             * @example #1a76e8
             */
            colour: string;
            /** @description Whether the policy declares it: then it is changed there alone. */
            declared: boolean;
            /** @description The door at which it was let in. */
            door: components["schemas"]["Door"];
            /**
             * Format: int64
             * @description Unix time at which a guest's time is over; absent for a device that is let in for ever.
             */
            expires_at?: number | null;
            /**
             * @description SHA-256 of its certificate, 64 hex digits.
             * @example 9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab
             */
            fingerprint: string;
            /**
             * Format: int64
             * @description Unix time at which it last came in.
             */
            last_seen?: number | null;
            /** @description What it may do. */
            level: components["schemas"]["Level"];
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
            /** @description How it was let in. */
            paired_by: components["schemas"]["Via"];
            /** @description Streams that it has running now. */
            streaming: number;
            /**
             * @description The fingerprint's first 64 bits as words.
             * @example [
             *       "mocha",
             *       "canoe",
             *       "compass",
             *       "ocean",
             *       "mocha",
             *       "canoe",
             *       "compass",
             *       "ocean"
             *     ]
             */
            words: string[];
        };
        /** @description How a device is turned away. */
        DenyBody: {
            /**
             * @description Do not show this device again until it is forgiven; otherwise it may knock again later.
             * @default false
             */
            ignore?: boolean;
        };
        /**
         * @description A way into the host.
         * @enum {string}
         */
        Door: "native" | "gamestream";
        /** @description The PIN that a waiting device shows, and what was shown when its owner entered it. */
        EnterPinBody: {
            /**
             * @description The fingerprint that was shown, all 64 hex digits.
             * @example 9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab
             */
            fingerprint: string;
            /**
             * @description The PIN, four digits.
             * @example 4711
             */
            pin: string;
            /**
             * Format: int64
             * @description The revision that was shown.
             * @example 1
             */
            revision: number;
        };
        /** @description Something that happened on this host. */
        Event: {
            /** @enum {string} */
            event: "hello";
            /**
             * Format: int64
             * @description The number; 0 before the first event since the start of the host.
             */
            seq: number;
        } | {
            /** @enum {string} */
            event: "missed";
        } | {
            /** @description Its fingerprint. */
            device: string;
            /** @enum {string} */
            event: "pairing.pending";
            /**
             * Format: int64
             * @description Its place in the waiting room.
             */
            id: number;
        } | {
            /** @description The fingerprint of the device that had it. */
            device: string;
            /** @enum {string} */
            event: "pairing.answered";
            /**
             * Format: int64
             * @description The place.
             */
            id: number;
            /** @description Why it is gone. */
            outcome: components["schemas"]["Outcome"];
        } | {
            /** @enum {string} */
            event: "pairing.armed";
        } | {
            /** @enum {string} */
            event: "pairing.disarmed";
        } | {
            /** @description Its fingerprint. */
            device: string;
            /** @enum {string} */
            event: "pairing.wrong_pin";
        } | {
            /** @description Its fingerprint. */
            device: string;
            /** @enum {string} */
            event: "device.paired";
            /** @description How it came to be. */
            via: components["schemas"]["Via"];
        } | {
            /** @description Its fingerprint. */
            device: string;
            /** @enum {string} */
            event: "device.changed";
        } | {
            /** @description Its fingerprint. */
            device: string;
            /** @enum {string} */
            event: "device.access_ended";
        } | {
            /** @description The device's fingerprint. */
            device: string;
            /** @enum {string} */
            event: "stream.started";
            /** @description The device's name. */
            name: string;
            /**
             * Format: int64
             * @description Its number.
             */
            stream: number;
        } | {
            /** @description The device's fingerprint. */
            device: string;
            /** @enum {string} */
            event: "stream.ended";
            /**
             * Format: int64
             * @description Its number.
             */
            stream: number;
        } | {
            /** @enum {string} */
            event: "owner.claimed";
        } | {
            /** @enum {string} */
            event: "owner.signed_in";
            /** @description Its session, as `/browsers` lists it. */
            session: string;
        } | {
            /** @enum {string} */
            event: "session.ended";
            /** @description Its session. */
            session: string;
        } | {
            /** @enum {string} */
            event: "owner.password_changed";
        } | {
            /** @enum {string} */
            event: "owner.reset";
        } | {
            /** @enum {string} */
            event: "owner.token_made";
            /** @description Which, as `/tokens` lists it. */
            token: string;
        } | {
            /** @enum {string} */
            event: "owner.token_revoked";
            /** @description Which. */
            token: string;
        } | {
            /** @enum {string} */
            event: "status.changed";
        } | {
            /** @enum {string} */
            event: "policy.reloaded";
        } | {
            /** @enum {string} */
            event: "policy.failed";
        } | {
            /** @enum {string} */
            event: "store.failed";
        } | {
            /** @enum {string} */
            event: "store.recovered";
        };
        /** @description Why a picture stands in for the source's. */
        Fault: {
            /** @description A stable word for programs. */
            code: components["schemas"]["MachineCode"];
            /**
             * @description What to do about it.
             * @example start a session on the machine, or wake its display
             */
            next: string;
            /** @description What the sentence is about, by name: for those who say it in another language. */
            params: {
                [key: string]: string;
            };
            /**
             * @description What happened.
             * @example no screen is on (HDMI-A-1 is dark)
             */
            sentence: string;
        };
        /** @description Who gave an order. */
        Giver: {
            /**
             * @description Of a browser: which, if it is a known one.
             * @example Firefox
             */
            browser?: string | null;
            /**
             * @description Of a device: the fingerprint's colour, `#rrggbb`.
             * @example #1a76e8
             */
            colour?: string | null;
            /**
             * @description Of a device: its fingerprint.
             * @example 9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab
             */
            fingerprint?: string | null;
            /** @description What he is. */
            kind: components["schemas"]["GiverKind"];
            /**
             * @description What that browser, token or device is called.
             * @example Firefox on Android
             */
            name?: string | null;
            /**
             * @description Of a browser: its system, if it is a known one.
             * @example Android
             */
            system?: string | null;
            /**
             * @description Of a device: the fingerprint's first 64 bits as words.
             * @example [
             *       "mocha",
             *       "canoe",
             *       "compass",
             *       "ocean",
             *       "mocha",
             *       "canoe",
             *       "compass",
             *       "ocean"
             *     ]
             */
            words?: string[] | null;
        };
        /**
         * @description What somebody is who gives orders.
         * @enum {string}
         */
        GiverKind: "console" | "browser" | "token" | "local" | "device" | "policy";
        /**
         * @description What can happen.
         * @enum {string}
         */
        Happening: "knocked" | "approved" | "denied" | "ignored" | "unignored" | "paired" | "wrong_pin" | "abandoned" | "revoked" | "revoked_unsaved" | "changed" | "lapsed" | "armed" | "disarmed";
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
            /**
             * @description The fingerprint's colour, `#rrggbb`.
             * @example #1a76e8
             */
            colour: string;
            /**
             * @description SHA-256 of its certificate, 64 hex digits.
             * @example 9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab
             */
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
            /**
             * @description The fingerprint's first 64 bits as words.
             * @example [
             *       "mocha",
             *       "canoe",
             *       "compass",
             *       "ocean",
             *       "mocha",
             *       "canoe",
             *       "compass",
             *       "ocean"
             *     ]
             */
            words: string[];
        };
        /** @description What became of a PIN. */
        LastPin: {
            /**
             * Format: int64
             * @description Unix time of that.
             */
            at: number;
            /**
             * @description That fingerprint's colour, `#rrggbb`.
             * @example #1a76e8
             */
            colour?: string | null;
            /**
             * @description The fingerprint of the device that used it.
             * @example 9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab
             */
            fingerprint?: string | null;
            /** @description What the device that used it is called. */
            name?: string | null;
            /** @description How it ended. */
            outcome: components["schemas"]["PinOutcome"];
            /**
             * @description That fingerprint's first 64 bits as words.
             * @example [
             *       "mocha",
             *       "canoe",
             *       "compass",
             *       "ocean",
             *       "mocha",
             *       "canoe",
             *       "compass",
             *       "ocean"
             *     ]
             */
            words?: string[] | null;
        };
        /** @description How an update ended. */
        LastUpdate: {
            /**
             * @description When (RFC 3339).
             * @example 2026-11-29T01:02:03Z
             */
            at?: string | null;
            /**
             * @description How it ended, in a word: `good` when it stays, `went_back` when the box is on the version before again, `gate_failed`
             *     while it has not proven itself.
             * @example went_back
             */
            outcome: string;
            /**
             * @description Why, if there is a reason to give.
             * @example video: picture 3 was decoded to nothing; go back to the version before
             */
            reason?: string | null;
            /**
             * @description To which version it was.
             * @example 1.2.4
             */
            version: string;
        };
        /** @description Where time goes on this host, in microseconds; absent without a picture to measure. */
        Latency: {
            /**
             * Format: int32
             * @description From taking a picture to the beginning of its encoding.
             * @example 900
             */
            capture?: number | null;
            /**
             * Format: int32
             * @description Converting and encoding it.
             * @example 4700
             */
            encode?: number | null;
            /**
             * Format: int32
             * @description From there to its last datagram, over all streams.
             * @example 600
             */
            send?: number | null;
        };
        /**
         * @description How a waiting device is let in.
         * @enum {string}
         */
        LetInBy: "approve" | "pin";
        /**
         * @description What a device may do.
         * @enum {string}
         */
        Level: "watch" | "play" | "full" | "owner";
        /** @description A trusted device that another one could be mistaken for. */
        LooksLike: {
            /**
             * @description The fingerprint's colour, `#rrggbb`.
             * @example #1a76e8
             */
            colour: string;
            /**
             * @description Its fingerprint.
             * @example 9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab
             */
            fingerprint: string;
            /**
             * @description Its name.
             * @example Kitchen tablet
             */
            name: string;
            /**
             * @description The fingerprint's first 64 bits as words.
             * @example [
             *       "mocha",
             *       "canoe",
             *       "compass",
             *       "ocean",
             *       "mocha",
             *       "canoe",
             *       "compass",
             *       "ocean"
             *     ]
             */
            words: string[];
        };
        /**
         * @description What can be told about the machine.
         * @enum {string}
         */
        MachineCode: "clock_behind" | "clock_never_set" | "clock_plausible" | "console_answers" | "console_off" | "console_silent" | "discoverable" | "doors_unasked" | "encoder_fails" | "encoder_fell_back" | "encoder_works" | "feed_silent" | "file_empty" | "file_plays" | "file_unplayable" | "film_sound_unplayable" | "graphics_card_silent" | "host_answers" | "host_silent" | "identity_damaged" | "identity_gone" | "identity_unreadable" | "input_device_refused" | "input_device_stopped" | "input_off" | "input_thread_not_started" | "input_unavailable" | "input_works" | "interfaces_unlisted" | "knocks_waiting" | "list_damaged" | "list_good" | "list_held" | "list_locked" | "list_missing" | "list_unreadable" | "native_answers" | "native_off" | "native_silent" | "no_codec" | "no_display" | "no_door" | "no_encoder" | "no_graphics_card" | "no_network" | "no_picture" | "no_screen_on" | "no_such_output" | "open_mode" | "output_off" | "output_on" | "output_unplugged" | "owner_not_saved" | "picture_unreadable" | "pin_guessing" | "pins_stopped" | "policy_bad" | "policy_read" | "policy_refused" | "port_free" | "port_ours" | "port_refused" | "port_taken" | "port_taken_unseen" | "restart_due" | "screen_format" | "screen_geometry" | "screen_gives_none" | "screen_gives_pictures" | "screen_service_answers" | "screen_service_broke_off" | "screen_service_busy" | "screen_service_foreign" | "screen_service_missing" | "screen_service_powerless" | "screen_tiled" | "screen_unmapped" | "send_buffers" | "send_buffers_unknown" | "setting_without_effect" | "software_encoder" | "sound_library_missing" | "sound_not_encoded" | "sound_server_silent" | "sound_without_opus" | "source_gives_none" | "space" | "space_short" | "space_unknown" | "state_foreign" | "state_missing" | "state_no_folder" | "state_open" | "state_private" | "state_unreadable" | "store_not_saved" | "test_card_chosen" | "test_card_mode" | "uinput_denied" | "uinput_missing" | "uinput_not_opened" | "uinput_without_driver" | "update_failed" | "update_ready" | "update_unproven" | "update_waiting" | "update_went_back" | "video_arrives" | "video_lost" | "weaker_door";
        /** @description Size and rate of a picture. */
        Mode: {
            /**
             * Format: int32
             * @description Height in pixels.
             * @example 1080
             */
            height: number;
            /**
             * Format: int32
             * @description Pictures a second.
             * @example 60
             */
            refresh_hz: number;
            /**
             * Format: int32
             * @description Width in pixels.
             * @example 1920
             */
            width: number;
        };
        /** @description A token that was just made. */
        NewApiToken: {
            /**
             * @description Names it.
             * @example 9f2c41ab9f2c41ab
             */
            id: string;
            /**
             * @description What the owner calls it.
             * @example Home dashboard
             */
            name: string;
            /** @description What it may do. */
            scope: components["schemas"]["TokenScope"];
            /**
             * @description Its text, shown this once: `Authorization: Bearer pf_…`.
             * @example pf_0f3c…
             */
            token: string;
        };
        /** @description Changes the password. */
        NewPasswordBody: {
            /**
             * @description The password until now.
             * @example grüne Wolken ziehen
             */
            current: string;
            /**
             * @description The password from now on: at least 10 characters, at most 1024 bytes, none of the obvious ones.
             * @example drei Hunde im Regen
             */
            new: string;
        };
        /**
         * @description Where a value came from.
         * @enum {string}
         */
        OriginKind: "default" | "file" | "flag";
        /**
         * @description Why a place in the waiting room is gone.
         * @enum {string}
         */
        Outcome: "approved" | "denied" | "expired" | "evicted";
        /**
         * @description What can happen to the account.
         * @enum {string}
         */
        OwnerHappening: "claimed" | "wrong_code" | "signed_in" | "wrong_password" | "signed_out" | "session_revoked" | "password_changed" | "reset" | "token_made" | "token_revoked";
        /** @description Gives the password. */
        PasswordBody: {
            /**
             * @description The password.
             * @example grüne Wolken ziehen
             */
            password: string;
        };
        /** @description A device that has knocked. Its name is what it calls itself, cleaned; its fingerprint is who it is. */
        Pending: {
            /**
             * Format: int64
             * @description Seconds since its last knock.
             */
            age_secs: number;
            /**
             * @description The fingerprint's colour, `#rrggbb`.
             * @example #1a76e8
             */
            colour: string;
            /** @description Whether it holds a connection open now, so that it is let in the moment it is approved. */
            connected: boolean;
            /** @description The door that it waits at. */
            door: components["schemas"]["Door"];
            /**
             * @description SHA-256 of its certificate, 64 hex digits.
             * @example 9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab
             */
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
            looks_like?: components["schemas"]["LooksLike"] | null;
            /**
             * @description Four words of that very connection, which the device shows while it waits: if it shows others, somebody sits
             *     between it and the box. Absent when nothing waits on a connection, or the door has none.
             * @example [
             *       "mocha",
             *       "canoe",
             *       "compass",
             *       "ocean"
             *     ]
             */
            match_code?: string[] | null;
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
            /** @description How it is let in. */
            via: components["schemas"]["LetInBy"];
            /**
             * @description The fingerprint's first 64 bits as words.
             * @example [
             *       "mocha",
             *       "canoe",
             *       "compass",
             *       "ocean",
             *       "mocha",
             *       "canoe",
             *       "compass",
             *       "ocean"
             *     ]
             */
            words: string[];
        };
        /**
         * @description How an armed PIN ended.
         * @enum {string}
         */
        PinOutcome: "paired" | "wrong" | "abandoned" | "failed" | "expired" | "disarmed";
        /** @description Whether a PIN is armed, and which. */
        PinStatus: {
            /** @description Somebody may be guessing. */
            alert: boolean;
            /** @description Whether a PIN is armed now. */
            armed: boolean;
            /**
             * @description That fingerprint's colour, `#rrggbb`.
             * @example #1a76e8
             */
            colour?: string | null;
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
            /**
             * @description The only device that may use it.
             * @example 9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab
             */
            fingerprint?: string | null;
            last?: components["schemas"]["LastPin"] | null;
            /** @description Devices that are let in. */
            paired_clients: number;
            /**
             * @description The PIN, to be typed on the device; not shown to whoever may only look.
             * @example 4711
             */
            pin?: string | null;
            /**
             * Format: int64
             * @description Seconds until it works; above 0 only after wrong PINs.
             */
            usable_in_secs?: number | null;
            /**
             * @description That fingerprint's first 64 bits as words.
             * @example [
             *       "mocha",
             *       "canoe",
             *       "compass",
             *       "ocean",
             *       "mocha",
             *       "canoe",
             *       "compass",
             *       "ocean"
             *     ]
             */
            words?: string[] | null;
        };
        /** @description Why a file was not put in force. */
        PolicyProblem: {
            /**
             * Format: int64
             * @description Unix time of the attempt.
             */
            at: number;
            /** @description Everything that is wrong with it, several lines with places and remedies. */
            text: string;
        };
        /** @description One key of the policy. */
        PolicyRow: {
            /** @description What it is when nobody says anything. */
            default: unknown;
            /** @description What the key is for. */
            description: string;
            /** @description Where it came from. */
            origin: components["schemas"]["OriginKind"];
            /**
             * @description Dotted.
             * @example pairing.pending.ttl
             */
            path: string;
            /**
             * @description The file and line, or the flag, that it came from.
             * @example /etc/punktfunk/punktfunk.yaml:3
             */
            place?: string | null;
            /** @description What is in force, as the file would hold it. */
            value: unknown;
        };
        /** @description The policy in force. */
        PolicyView: {
            /**
             * @description The file that its values came from, if one was read.
             * @example /etc/punktfunk/punktfunk.yaml
             */
            file?: string | null;
            problem?: components["schemas"]["PolicyProblem"] | null;
            /** @description Every key. */
            rows: components["schemas"]["PolicyRow"][];
            /** @description All of it as YAML; it can be read as a policy again. */
            yaml: string;
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
            /** @description What the sentence is about, one by one, for programs that say it in other words. */
            params?: {
                [key: string]: string;
            };
            /**
             * Format: int64
             * @description Seconds after which another try makes sense; the `Retry-After` header says the same.
             */
            retry_after_secs?: number | null;
            /**
             * Format: int32
             * @description The HTTP status, repeated.
             * @example 409
             */
            status: number;
        };
        /** @description One line of the record. */
        Recorded: {
            /**
             * Format: int64
             * @description Unix time.
             */
            at: number;
            /** @description The book that it stands in. */
            book: components["schemas"]["Book"];
            /**
             * @description Of a browser: which, if it is a known one.
             * @example Firefox
             */
            browser?: string | null;
            by?: components["schemas"]["Giver"] | null;
            /**
             * @description That fingerprint's colour, `#rrggbb`.
             * @example #1a76e8
             */
            colour?: string | null;
            /**
             * @description To which device, if to one.
             * @example 9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab
             */
            fingerprint?: string | null;
            /**
             * @description What that device, browser or token was called then.
             * @example Kitchen tablet
             */
            name?: string | null;
            /**
             * Format: int64
             * @description Counts up, in each book for itself, also over restarts of the host.
             */
            number: number;
            /**
             * @description Where it came from, if from the network.
             * @example 192.168.1.23
             */
            source?: string | null;
            /**
             * @description Of a browser: its system, if it is a known one.
             * @example Android
             */
            system?: string | null;
            /** @description What happened. */
            what: components["schemas"]["Recording"];
            /**
             * @description That fingerprint's first 64 bits as words.
             * @example [
             *       "mocha",
             *       "canoe",
             *       "compass",
             *       "ocean",
             *       "mocha",
             *       "canoe",
             *       "compass",
             *       "ocean"
             *     ]
             */
            words?: string[] | null;
        };
        /** @description What can happen. */
        Recording: components["schemas"]["Happening"] | components["schemas"]["OwnerHappening"];
        /** @description Puts a backup back. */
        RestoreBody: {
            /**
             * @description The file, in hex digits.
             * @example 6167652d656e6372797074696f6e2e6f72672f7631
             */
            file: string;
            /**
             * @description What opens it.
             * @example grüne Wolken ziehen
             */
            passphrase: string;
        };
        /** @description A restore that is decided. */
        RestoreState: {
            /**
             * @description The fingerprint that the box has from its next start on, 64 hex digits.
             * @example 9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab
             */
            fingerprint: string;
            /**
             * Format: int64
             * @description Unix time at which the backup was made.
             */
            made_at: number;
            /** @description The policy that is in it. It is not put in force: the box's own stays. */
            policy?: string | null;
        };
        /** @description One source through one encoder; several streams may share it. */
        Session: {
            /**
             * @description The codec's name.
             * @example H.264
             */
            codec: string;
            /**
             * @description The encoder at work.
             * @example libx264 ultrafast
             */
            encoder: string;
            fault?: components["schemas"]["Fault"] | null;
            /**
             * Format: int32
             * @description Pictures encoded a second, measured over the last two. A screen that stands still makes few.
             */
            fps: number;
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
             * @description Bit rate of the video that was encoded, kbit/s, measured over the last two seconds.
             */
            kbps: number;
            /** @description Where time goes, the longest but for one in a hundred of the last two seconds. */
            latency_p99_us: components["schemas"]["Latency"];
            /** @description Where time goes, the middle one of the last two seconds. */
            latency_us: components["schemas"]["Latency"];
            /**
             * Format: int32
             * @description Pictures a second at the most.
             */
            refresh_hz: number;
            /** @description Whether the processor encodes. */
            software: boolean;
            sound?: components["schemas"]["SoundHeard"] | null;
            sound_fault?: components["schemas"]["Fault"] | null;
            /**
             * @description What is being shown.
             * @example HDMI-A-1
             */
            source: string;
            /**
             * Format: int32
             * @description Bit rate of the video that the encoder aims at, kbit/s.
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
        /** @description How whoever asks stands with this box. */
        SessionState: {
            /**
             * @description What the box calls itself.
             * @example Living Room
             */
            box_name: string;
            /** @description Whether the box has an owner. One without an owner answers this, `/health` and `/claim` only. */
            claimed: boolean;
            /**
             * Format: int64
             * @description Seconds for which the last proof of the password still holds; 0 when it has to be given again.
             */
            proven_for_secs?: number | null;
            /**
             * Format: int64
             * @description Seconds for which a proof holds (policy `console.reauth`).
             * @example 300
             */
            reauth_secs?: number | null;
            /**
             * @description Names this browser's session in the list of browsers.
             * @example 9f2c41ab9f2c41ab
             */
            session_id?: string | null;
            /** @description Whether this browser is signed in; true for the operator on the control socket as well. */
            signed_in: boolean;
        };
        /**
         * @description How much something matters.
         * @enum {string}
         */
        Severity: "alarm" | "warning" | "notice";
        /** @description A browser that is signed in. */
        SignedInBrowser: {
            /**
             * @description The browser alone, if it is a known one.
             * @example Firefox
             */
            browser?: string | null;
            /**
             * Format: int64
             * @description Unix time at which it signed in.
             */
            created_at: number;
            /** @description Whether it is the one that asks. */
            current: boolean;
            /**
             * @description Names its session.
             * @example 9f2c41ab9f2c41ab
             */
            id: string;
            /**
             * @description What it is.
             * @example Firefox on Android
             */
            label: string;
            /**
             * Format: int64
             * @description Unix time at which it last asked for something.
             */
            last_seen: number;
            /**
             * @description Where it last asked from.
             * @example 192.168.1.23
             */
            source: string;
            /**
             * @description Its system alone, if it is a known one.
             * @example Android
             */
            system?: string | null;
        };
        /**
         * @description What is heard in a session.
         * @enum {string}
         */
        SoundHeard: "tone" | "system" | "film";
        /** @description The host at one moment. */
        Status: {
            /** @description What wants the owner's eye, what matters most first; empty when all is well. */
            attention: components["schemas"]["Attention"][];
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
            update?: components["schemas"]["UpdateStatus"] | null;
            /**
             * Format: int64
             * @description Seconds since it started.
             */
            uptime_secs: number;
            /**
             * @description Version of the host.
             * @example 0.1.0
             */
            version: string;
        };
        /** @description A running stream. */
        Stream: {
            /**
             * @description The codec's name.
             * @example H.264
             */
            codec: string;
            /**
             * @description The fingerprint's colour, `#rrggbb`.
             * @example #1a76e8
             */
            colour: string;
            /**
             * Format: int64
             * @description Datagrams handed to the kernel.
             */
            datagrams: number;
            /** @description The door that it came through. */
            door: components["schemas"]["Door"];
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
             * Format: int32
             * @description Frames sent a second, measured over the last two.
             */
            fps: number;
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
             * @description Bits of video sent, parity included, kbit/s, measured over the last two seconds.
             */
            kbps: number;
            /** @description What the device may do. */
            level: components["schemas"]["Level"];
            /**
             * Format: int32
             * @description Loss that the client reported last, parts per million.
             */
            loss_ppm: number;
            /** @description What it is shown as. */
            mode: components["schemas"]["Mode"];
            /**
             * @description The device's name.
             * @example Kitchen tablet
             */
            name: string;
            /**
             * Format: int32
             * @description The network's round trip, microseconds.
             */
            rtt_us?: number | null;
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
            /**
             * @description Where it streams to.
             * @example 192.168.1.23
             */
            source: string;
            /**
             * Format: int64
             * @description Unix time of its start.
             */
            started_at: number;
            /** @description The fingerprint's first 64 bits as words. */
            words: string[];
        };
        /** @description What kind of token is wished for. */
        TokenBody: {
            /**
             * @description What to call it; cleaned, and cut at 64 bytes.
             * @example Home dashboard
             */
            name: string;
            /** @description What it may do. */
            scope: components["schemas"]["TokenScope"];
        };
        /**
         * @description What a token may do; each includes those before it.
         * @enum {string}
         */
        TokenScope: "read" | "devices" | "all";
        /** @description How the box is updated. */
        UpdateStatus: {
            /**
             * @description A newer one that the feed offers.
             * @example 1.2.4
             */
            available?: string | null;
            last?: components["schemas"]["LastUpdate"] | null;
            /**
             * @description What is being done, in a word: `idle`, `comparing`, `downloading`, `verifying`, `waiting_for_restart` or `on_trial`.
             * @example downloading
             */
            phase?: string | null;
            /**
             * Format: int32
             * @description How far that is, per cent.
             * @example 42
             */
            progress_percent?: number | null;
            /**
             * @description The version that runs.
             * @example 1.2.3
             */
            running?: string | null;
            /**
             * Format: int32
             * @description For how many days nothing was heard from the feed, once that is longer than the policy bears.
             * @example 20
             */
            silent_days?: number | null;
            /**
             * @description The one that is installed and starts with the next restart.
             * @example 1.2.4
             */
            waiting?: string | null;
        };
        /**
         * @description How a device was let in.
         * @enum {string}
         */
        Via: "approval" | "pin" | "declared";
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    backup: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "passphrase": "grüne Wolken ziehen"
                 *     }
                 */
                "application/json": components["schemas"]["BackupBody"];
            };
        };
        responses: {
            /** @description the file */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /**
             * @description `bad_json`: the body is no JSON, or not what this place takes
             *
             *     `unreadable`: the body broke off
             *
             *     `passphrase_short`: a passphrase has at least ten characters
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
             * @description `sign_in_needed`: neither a session nor a token was sent, or the session is over
             *
             *     `token_wrong`: this is none of the host's tokens
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `cross_site`: a browser sent this on behalf of another site
             *
             *     `forbidden`: whoever asks may not do this
             *
             *     `unclaimed`: the box has no owner yet
             *
             *     `proof_needed`: the browser's user has to give the password again first
             */
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
            /** @description `too_large`: the body is larger than 16 KiB, or 4 MiB where a backup is sent */
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
            /** @description `wrong_host`: the box is not called by a name or address of its own */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: more requests at once than the host answers: `retry_after_secs` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `worker_lost`: the host broke down at this; its log says where */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    boxCard: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the card, or null when there is nothing to say */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": "ABCD-2345",
                     *       "link": "https://192.168.1.20:47990/#claim=ABCD-2345",
                     *       "sentences": [
                     *         "…"
                     *       ],
                     *       "title": "Claim this box"
                     *     }
                     */
                    "application/json": components["schemas"]["BoxCard"] | null;
                };
            };
            /**
             * @description `sign_in_needed`: neither a session nor a token was sent, or the session is over
             *
             *     `token_wrong`: this is none of the host's tokens
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `cross_site`: a browser sent this on behalf of another site
             *
             *     `forbidden`: whoever asks may not do this
             *
             *     `unclaimed`: the box has no owner yet
             */
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
            /** @description `wrong_host`: the box is not called by a name or address of its own */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: more requests at once than the host answers: `retry_after_secs` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listBrowsers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description which browsers are signed in */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "browser": "Firefox",
                     *         "created_at": 1,
                     *         "current": false,
                     *         "id": "9f2c41ab9f2c41ab",
                     *         "label": "Firefox on Android",
                     *         "last_seen": 1,
                     *         "source": "192.168.1.23",
                     *         "system": "Android"
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["SignedInBrowser"][];
                };
            };
            /**
             * @description `sign_in_needed`: neither a session nor a token was sent, or the session is over
             *
             *     `token_wrong`: this is none of the host's tokens
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `cross_site`: a browser sent this on behalf of another site
             *
             *     `forbidden`: whoever asks may not do this
             *
             *     `unclaimed`: the box has no owner yet
             */
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
            /** @description `wrong_host`: the box is not called by a name or address of its own */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: more requests at once than the host answers: `retry_after_secs` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revokeBrowser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description 16 hex digits, of the list of browsers */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description it is signed out */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `bad_path`: a part of the path cannot be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `sign_in_needed`: neither a session nor a token was sent, or the session is over
             *
             *     `token_wrong`: this is none of the host's tokens
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `cross_site`: a browser sent this on behalf of another site
             *
             *     `forbidden`: whoever asks may not do this
             *
             *     `unclaimed`: the box has no owner yet
             *
             *     `proof_needed`: the browser's user has to give the password again first
             */
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
            /** @description `too_large`: the body is larger than 16 KiB, or 4 MiB where a backup is sent */
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
            /** @description `wrong_host`: the box is not called by a name or address of its own */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: more requests at once than the host answers: `retry_after_secs` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `ended_unsaved`: it has ended now, but that could not be saved: after a restart it would work again */
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
    claim: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "code": "ABCD-2345",
                 *       "password": "grüne Wolken ziehen"
                 *     }
                 */
                "application/json": components["schemas"]["ClaimBody"];
            };
        };
        responses: {
            /** @description the box is claimed and this browser signed in */
            200: {
                headers: {
                    /** @description the cookies of the session and of a known browser */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "box_name": "Living Room",
                     *       "claimed": false,
                     *       "proven_for_secs": 1,
                     *       "reauth_secs": 300,
                     *       "session_id": "9f2c41ab9f2c41ab",
                     *       "signed_in": false
                     *     }
                     */
                    "application/json": components["schemas"]["SessionState"];
                };
            };
            /**
             * @description `bad_json`: the body is no JSON, or not what this place takes
             *
             *     `password_weak`: the new password is too short, too long or obvious; `params.reason` says which
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
             * @description `cross_site`: a browser sent this on behalf of another site
             *
             *     `forbidden`: whoever asks may not do this
             *
             *     `claim_code_wrong`: this is not the code that the box shows
             */
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
            /** @description `already_claimed`: the box has an owner */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large`: the body is larger than 16 KiB, or 4 MiB where a backup is sent */
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
            /** @description `wrong_host`: the box is not called by a name or address of its own */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `too_many_requests`: more requests at once than the host answers: `retry_after_secs` says when to try again
             *
             *     `slow_down`: too soon after a wrong try: `retry_after_secs` says when to try again
             */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `worker_lost`: the host broke down at this; its log says where */
            500: {
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
    claimCode: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the code, if the box has no owner */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "claimed": false,
                     *       "code": "ABCD-2345",
                     *       "link": "https://192.168.1.20:47990/#claim=ABCD-2345",
                     *       "url": "https://192.168.1.20:47990"
                     *     }
                     */
                    "application/json": components["schemas"]["ClaimState"];
                };
            };
            /**
             * @description `sign_in_needed`: neither a session nor a token was sent, or the session is over
             *
             *     `token_wrong`: this is none of the host's tokens
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `cross_site`: a browser sent this on behalf of another site
             *
             *     `forbidden`: whoever asks may not do this
             *
             *     `unclaimed`: the box has no owner yet
             */
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
            /** @description `wrong_host`: the box is not called by a name or address of its own */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: more requests at once than the host answers: `retry_after_secs` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    acceptClock: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description it is taken for right */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /**
             * @description `sign_in_needed`: neither a session nor a token was sent, or the session is over
             *
             *     `token_wrong`: this is none of the host's tokens
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `cross_site`: a browser sent this on behalf of another site
             *
             *     `forbidden`: whoever asks may not do this
             *
             *     `unclaimed`: the box has no owner yet
             *
             *     `proof_needed`: the browser's user has to give the password again first
             */
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
            /** @description `too_large`: the body is larger than 16 KiB, or 4 MiB where a backup is sent */
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
            /** @description `wrong_host`: the box is not called by a name or address of its own */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: more requests at once than the host answers: `retry_after_secs` says when to try again */
            429: {
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
    doctor: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description everything that was looked at, in the order in which it matters */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "code": "clock_behind",
                     *         "found": "in use by sunshine (process 7)",
                     *         "good": false,
                     *         "next": "stop that program or set doors.native.port in the policy",
                     *         "params": {},
                     *         "subject": "UDP port 9777"
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["Check"][];
                };
            };
            /**
             * @description `sign_in_needed`: neither a session nor a token was sent, or the session is over
             *
             *     `token_wrong`: this is none of the host's tokens
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `cross_site`: a browser sent this on behalf of another site
             *
             *     `forbidden`: whoever asks may not do this
             *
             *     `unclaimed`: the box has no owner yet
             */
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
            /** @description `wrong_host`: the box is not called by a name or address of its own */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: more requests at once than the host answers: `retry_after_secs` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `worker_lost`: the host broke down at this; its log says where */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    events: {
        parameters: {
            query?: never;
            header?: {
                /** @description the id of the last event that was seen */
                "last-event-id"?: string | null;
            };
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
                     * @example id: 5f0c2a91-17
                     *     event: pairing.answered
                     *     data: {"event":"pairing.answered","id":271828182845,"device":"9f2c…","outcome":"approved"}
                     */
                    "text/event-stream": components["schemas"]["Event"];
                };
            };
            /**
             * @description `sign_in_needed`: neither a session nor a token was sent, or the session is over
             *
             *     `token_wrong`: this is none of the host's tokens
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `cross_site`: a browser sent this on behalf of another site
             *
             *     `forbidden`: whoever asks may not do this
             *
             *     `unclaimed`: the box has no owner yet
             */
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
            /** @description `wrong_host`: the box is not called by a name or address of its own */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: more requests at once than the host answers: `retry_after_secs` says when to try again */
            429: {
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
                    /**
                     * @example {
                     *       "status": "ok"
                     *     }
                     */
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description `cross_site`: a browser sent this on behalf of another site */
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
            /** @description `wrong_host`: the box is not called by a name or address of its own */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: more requests at once than the host answers: `retry_after_secs` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
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
                    /**
                     * @example [
                     *       {
                     *         "colour": "#1a76e8",
                     *         "declared": false,
                     *         "door": "native",
                     *         "expires_at": 1,
                     *         "fingerprint": "9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab",
                     *         "last_seen": 1,
                     *         "level": "watch",
                     *         "name": "Kitchen tablet",
                     *         "paired_at": 1,
                     *         "paired_by": "approval",
                     *         "streaming": 1,
                     *         "words": [
                     *           "mocha",
                     *           "canoe",
                     *           "compass",
                     *           "ocean",
                     *           "mocha",
                     *           "canoe",
                     *           "compass",
                     *           "ocean"
                     *         ]
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["Client"][];
                };
            };
            /**
             * @description `sign_in_needed`: neither a session nor a token was sent, or the session is over
             *
             *     `token_wrong`: this is none of the host's tokens
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `cross_site`: a browser sent this on behalf of another site
             *
             *     `forbidden`: whoever asks may not do this
             *
             *     `unclaimed`: the box has no owner yet
             */
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
            /** @description `wrong_host`: the box is not called by a name or address of its own */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: more requests at once than the host answers: `retry_after_secs` says when to try again */
            429: {
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
            /**
             * @description `bad_fingerprint`: a fingerprint is 64 hex digits
             *
             *     `bad_path`: a part of the path cannot be read
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
             * @description `sign_in_needed`: neither a session nor a token was sent, or the session is over
             *
             *     `token_wrong`: this is none of the host's tokens
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `cross_site`: a browser sent this on behalf of another site
             *
             *     `forbidden`: whoever asks may not do this
             *
             *     `unclaimed`: the box has no owner yet
             *
             *     `proof_needed`: the browser's user has to give the password again first
             */
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
            /** @description `too_large`: the body is larger than 16 KiB, or 4 MiB where a backup is sent */
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
            /** @description `wrong_host`: the box is not called by a name or address of its own */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: more requests at once than the host answers: `retry_after_secs` says when to try again */
            429: {
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
    amendClient: {
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
                /**
                 * @example {
                 *       "expires_in_secs": 86400,
                 *       "forever": false,
                 *       "level": "watch",
                 *       "name": "Kitchen tablet"
                 *     }
                 */
                "application/json": components["schemas"]["AmendBody"];
            };
        };
        responses: {
            /** @description the device as it is now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "colour": "#1a76e8",
                     *       "declared": false,
                     *       "door": "native",
                     *       "expires_at": 1,
                     *       "fingerprint": "9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab",
                     *       "last_seen": 1,
                     *       "level": "watch",
                     *       "name": "Kitchen tablet",
                     *       "paired_at": 1,
                     *       "paired_by": "approval",
                     *       "streaming": 1,
                     *       "words": [
                     *         "mocha",
                     *         "canoe",
                     *         "compass",
                     *         "ocean",
                     *         "mocha",
                     *         "canoe",
                     *         "compass",
                     *         "ocean"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Client"];
                };
            };
            /**
             * @description `bad_fingerprint`: a fingerprint is 64 hex digits
             *
             *     `bad_json`: the body is no JSON, or not what this place takes
             *
             *     `bad_lifetime`: the time of the guest ends in the past, is longer than ten years, or cannot be measured
             *
             *     `bad_path`: a part of the path cannot be read
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
             * @description `sign_in_needed`: neither a session nor a token was sent, or the session is over
             *
             *     `token_wrong`: this is none of the host's tokens
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `cross_site`: a browser sent this on behalf of another site
             *
             *     `forbidden`: whoever asks may not do this
             *
             *     `unclaimed`: the box has no owner yet
             *
             *     `proof_needed`: the browser's user has to give the password again first
             */
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
            /** @description `too_large`: the body is larger than 16 KiB, or 4 MiB where a backup is sent */
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
            /** @description `wrong_host`: the box is not called by a name or address of its own */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: more requests at once than the host answers: `retry_after_secs` says when to try again */
            429: {
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
                    /**
                     * @example [
                     *       {
                     *         "colour": "#1a76e8",
                     *         "fingerprint": "9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab",
                     *         "name": "Neighbour's phone",
                     *         "since": 1,
                     *         "words": [
                     *           "mocha",
                     *           "canoe",
                     *           "compass",
                     *           "ocean",
                     *           "mocha",
                     *           "canoe",
                     *           "compass",
                     *           "ocean"
                     *         ]
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["Ignored"][];
                };
            };
            /**
             * @description `sign_in_needed`: neither a session nor a token was sent, or the session is over
             *
             *     `token_wrong`: this is none of the host's tokens
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `cross_site`: a browser sent this on behalf of another site
             *
             *     `forbidden`: whoever asks may not do this
             *
             *     `unclaimed`: the box has no owner yet
             */
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
            /** @description `wrong_host`: the box is not called by a name or address of its own */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: more requests at once than the host answers: `retry_after_secs` says when to try again */
            429: {
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
            /**
             * @description `bad_fingerprint`: a fingerprint is 64 hex digits
             *
             *     `bad_path`: a part of the path cannot be read
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
             * @description `sign_in_needed`: neither a session nor a token was sent, or the session is over
             *
             *     `token_wrong`: this is none of the host's tokens
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `cross_site`: a browser sent this on behalf of another site
             *
             *     `forbidden`: whoever asks may not do this
             *
             *     `unclaimed`: the box has no owner yet
             */
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
            /** @description `too_large`: the body is larger than 16 KiB, or 4 MiB where a backup is sent */
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
            /** @description `wrong_host`: the box is not called by a name or address of its own */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: more requests at once than the host answers: `retry_after_secs` says when to try again */
            429: {
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
                    /**
                     * @example {
                     *       "alert": false,
                     *       "armed": false,
                     *       "colour": "#1a76e8",
                     *       "enabled": false,
                     *       "expires_in_secs": 1,
                     *       "failures": 1,
                     *       "fingerprint": "9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab",
                     *       "last": {
                     *         "at": 1,
                     *         "colour": "#1a76e8",
                     *         "fingerprint": "9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab",
                     *         "name": "…",
                     *         "outcome": "paired",
                     *         "words": [
                     *           "mocha",
                     *           "canoe",
                     *           "compass",
                     *           "ocean",
                     *           "mocha",
                     *           "canoe",
                     *           "compass",
                     *           "ocean"
                     *         ]
                     *       },
                     *       "paired_clients": 1,
                     *       "pin": "4711",
                     *       "usable_in_secs": 1,
                     *       "words": [
                     *         "mocha",
                     *         "canoe",
                     *         "compass",
                     *         "ocean",
                     *         "mocha",
                     *         "canoe",
                     *         "compass",
                     *         "ocean"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["PinStatus"];
                };
            };
            /**
             * @description `sign_in_needed`: neither a session nor a token was sent, or the session is over
             *
             *     `token_wrong`: this is none of the host's tokens
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `cross_site`: a browser sent this on behalf of another site
             *
             *     `forbidden`: whoever asks may not do this
             *
             *     `unclaimed`: the box has no owner yet
             */
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
            /** @description `wrong_host`: the box is not called by a name or address of its own */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: more requests at once than the host answers: `retry_after_secs` says when to try again */
            429: {
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
             * @description `sign_in_needed`: neither a session nor a token was sent, or the session is over
             *
             *     `token_wrong`: this is none of the host's tokens
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `cross_site`: a browser sent this on behalf of another site
             *
             *     `forbidden`: whoever asks may not do this
             *
             *     `unclaimed`: the box has no owner yet
             */
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
            /** @description `too_large`: the body is larger than 16 KiB, or 4 MiB where a backup is sent */
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
            /** @description `wrong_host`: the box is not called by a name or address of its own */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: more requests at once than the host answers: `retry_after_secs` says when to try again */
            429: {
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
                /**
                 * @example {
                 *       "fingerprint": "9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab",
                 *       "ttl_secs": 120
                 *     }
                 */
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
                    /**
                     * @example {
                     *       "alert": false,
                     *       "armed": false,
                     *       "colour": "#1a76e8",
                     *       "enabled": false,
                     *       "expires_in_secs": 1,
                     *       "failures": 1,
                     *       "fingerprint": "9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab",
                     *       "last": {
                     *         "at": 1,
                     *         "colour": "#1a76e8",
                     *         "fingerprint": "9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab",
                     *         "name": "…",
                     *         "outcome": "paired",
                     *         "words": [
                     *           "mocha",
                     *           "canoe",
                     *           "compass",
                     *           "ocean",
                     *           "mocha",
                     *           "canoe",
                     *           "compass",
                     *           "ocean"
                     *         ]
                     *       },
                     *       "paired_clients": 1,
                     *       "pin": "4711",
                     *       "usable_in_secs": 1,
                     *       "words": [
                     *         "mocha",
                     *         "canoe",
                     *         "compass",
                     *         "ocean",
                     *         "mocha",
                     *         "canoe",
                     *         "compass",
                     *         "ocean"
                     *       ]
                     *     }
                     */
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
             * @description `sign_in_needed`: neither a session nor a token was sent, or the session is over
             *
             *     `token_wrong`: this is none of the host's tokens
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `cross_site`: a browser sent this on behalf of another site
             *
             *     `forbidden`: whoever asks may not do this
             *
             *     `unclaimed`: the box has no owner yet
             *
             *     `proof_needed`: the browser's user has to give the password again first
             */
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
            /** @description `pin_armed`: a PIN is armed already: take it back first */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large`: the body is larger than 16 KiB, or 4 MiB where a backup is sent */
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
            /** @description `wrong_host`: the box is not called by a name or address of its own */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: more requests at once than the host answers: `retry_after_secs` says when to try again */
            429: {
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
                    /**
                     * @example [
                     *       {
                     *         "age_secs": 1,
                     *         "colour": "#1a76e8",
                     *         "connected": false,
                     *         "door": "native",
                     *         "fingerprint": "9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab",
                     *         "first_seen": 1,
                     *         "id": 271828182845,
                     *         "knocks": 1,
                     *         "last_seen": 1,
                     *         "looks_like": {
                     *           "colour": "#1a76e8",
                     *           "fingerprint": "9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab",
                     *           "name": "Kitchen tablet",
                     *           "words": [
                     *             "mocha",
                     *             "canoe",
                     *             "compass",
                     *             "ocean",
                     *             "mocha",
                     *             "canoe",
                     *             "compass",
                     *             "ocean"
                     *           ]
                     *         },
                     *         "match_code": [
                     *           "mocha",
                     *           "canoe",
                     *           "compass",
                     *           "ocean"
                     *         ],
                     *         "name": "Kitchen tablet",
                     *         "returning": false,
                     *         "revision": 1,
                     *         "source": "192.168.1.23",
                     *         "via": "approve",
                     *         "words": [
                     *           "mocha",
                     *           "canoe",
                     *           "compass",
                     *           "ocean",
                     *           "mocha",
                     *           "canoe",
                     *           "compass",
                     *           "ocean"
                     *         ]
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["Pending"][];
                };
            };
            /**
             * @description `sign_in_needed`: neither a session nor a token was sent, or the session is over
             *
             *     `token_wrong`: this is none of the host's tokens
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `cross_site`: a browser sent this on behalf of another site
             *
             *     `forbidden`: whoever asks may not do this
             *
             *     `unclaimed`: the box has no owner yet
             */
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
            /** @description `wrong_host`: the box is not called by a name or address of its own */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: more requests at once than the host answers: `retry_after_secs` says when to try again */
            429: {
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
                /**
                 * @example {
                 *       "expires_in_secs": 86400,
                 *       "fingerprint": "9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab",
                 *       "level": "watch",
                 *       "name": "Kitchen tablet",
                 *       "revision": 1
                 *     }
                 */
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
                    /**
                     * @example {
                     *       "colour": "#1a76e8",
                     *       "declared": false,
                     *       "door": "native",
                     *       "expires_at": 1,
                     *       "fingerprint": "9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab",
                     *       "last_seen": 1,
                     *       "level": "watch",
                     *       "name": "Kitchen tablet",
                     *       "paired_at": 1,
                     *       "paired_by": "approval",
                     *       "streaming": 1,
                     *       "words": [
                     *         "mocha",
                     *         "canoe",
                     *         "compass",
                     *         "ocean",
                     *         "mocha",
                     *         "canoe",
                     *         "compass",
                     *         "ocean"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Client"];
                };
            };
            /**
             * @description `already_over`: the time of the guest would be over before it begins
             *
             *     `bad_fingerprint`: a fingerprint is 64 hex digits
             *
             *     `bad_json`: the body is no JSON, or not what this place takes
             *
             *     `bad_lifetime`: the time of the guest ends in the past, is longer than ten years, or cannot be measured
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
             * @description `sign_in_needed`: neither a session nor a token was sent, or the session is over
             *
             *     `token_wrong`: this is none of the host's tokens
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `cross_site`: a browser sent this on behalf of another site
             *
             *     `forbidden`: whoever asks may not do this
             *
             *     `unclaimed`: the box has no owner yet
             *
             *     `proof_needed`: the browser's user has to give the password again first
             */
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
             *     `needs_pin`: the device shows a PIN, which is to be entered instead
             *
             *     `clock_unknown`: the clock cannot be trusted, so no limited time can be given
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
            /** @description `too_large`: the body is larger than 16 KiB, or 4 MiB where a backup is sent */
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
            /** @description `wrong_host`: the box is not called by a name or address of its own */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: more requests at once than the host answers: `retry_after_secs` says when to try again */
            429: {
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
                /**
                 * @example {
                 *       "ignore": false
                 *     }
                 */
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
             * @description `sign_in_needed`: neither a session nor a token was sent, or the session is over
             *
             *     `token_wrong`: this is none of the host's tokens
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `cross_site`: a browser sent this on behalf of another site
             *
             *     `forbidden`: whoever asks may not do this
             *
             *     `unclaimed`: the box has no owner yet
             */
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
            /** @description `too_large`: the body is larger than 16 KiB, or 4 MiB where a backup is sent */
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
            /** @description `wrong_host`: the box is not called by a name or address of its own */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: more requests at once than the host answers: `retry_after_secs` says when to try again */
            429: {
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
    enterPin: {
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
                /**
                 * @example {
                 *       "fingerprint": "9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab",
                 *       "pin": "4711",
                 *       "revision": 1
                 *     }
                 */
                "application/json": components["schemas"]["EnterPinBody"];
            };
        };
        responses: {
            /** @description it is paired */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "colour": "#1a76e8",
                     *       "declared": false,
                     *       "door": "native",
                     *       "expires_at": 1,
                     *       "fingerprint": "9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab",
                     *       "last_seen": 1,
                     *       "level": "watch",
                     *       "name": "Kitchen tablet",
                     *       "paired_at": 1,
                     *       "paired_by": "approval",
                     *       "streaming": 1,
                     *       "words": [
                     *         "mocha",
                     *         "canoe",
                     *         "compass",
                     *         "ocean",
                     *         "mocha",
                     *         "canoe",
                     *         "compass",
                     *         "ocean"
                     *       ]
                     *     }
                     */
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
             *     `bad_pin`: a Moonlight client shows a PIN of four digits
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
             * @description `sign_in_needed`: neither a session nor a token was sent, or the session is over
             *
             *     `token_wrong`: this is none of the host's tokens
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `cross_site`: a browser sent this on behalf of another site
             *
             *     `forbidden`: whoever asks may not do this
             *
             *     `unclaimed`: the box has no owner yet
             *
             *     `proof_needed`: the browser's user has to give the password again first
             */
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
             *     `shows_no_pin`: the device waits for an approval, not for a PIN
             *
             *     `wrong_pin`: the device shows another PIN; it has to start pairing again
             *
             *     `pin_unanswered`: the device went away before it was paired; it has to start pairing again
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
            /** @description `too_large`: the body is larger than 16 KiB, or 4 MiB where a backup is sent */
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
            /** @description `wrong_host`: the box is not called by a name or address of its own */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: more requests at once than the host answers: `retry_after_secs` says when to try again */
            429: {
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
    openapi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description what this host answers */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "openapi": "3.1.0"
                     *     }
                     */
                    "application/json": unknown;
                };
            };
            /**
             * @description `cross_site`: a browser sent this on behalf of another site
             *
             *     `unclaimed`: the box has no owner yet
             */
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
            /** @description `wrong_host`: the box is not called by a name or address of its own */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: more requests at once than the host answers: `retry_after_secs` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changePassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "current": "grüne Wolken ziehen",
                 *       "new": "drei Hunde im Regen"
                 *     }
                 */
                "application/json": components["schemas"]["NewPasswordBody"];
            };
        };
        responses: {
            /** @description the new password holds */
            200: {
                headers: {
                    /** @description the cookies of the new session */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "box_name": "Living Room",
                     *       "claimed": false,
                     *       "proven_for_secs": 1,
                     *       "reauth_secs": 300,
                     *       "session_id": "9f2c41ab9f2c41ab",
                     *       "signed_in": false
                     *     }
                     */
                    "application/json": components["schemas"]["SessionState"];
                };
            };
            /**
             * @description `bad_json`: the body is no JSON, or not what this place takes
             *
             *     `password_weak`: the new password is too short, too long or obvious; `params.reason` says which
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
             * @description `sign_in_needed`: neither a session nor a token was sent, or the session is over
             *
             *     `token_wrong`: this is none of the host's tokens
             *
             *     `password_wrong`: this is not the password
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `cross_site`: a browser sent this on behalf of another site
             *
             *     `forbidden`: whoever asks may not do this
             *
             *     `unclaimed`: the box has no owner yet
             */
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
            /** @description `too_large`: the body is larger than 16 KiB, or 4 MiB where a backup is sent */
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
            /** @description `wrong_host`: the box is not called by a name or address of its own */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `too_many_requests`: more requests at once than the host answers: `retry_after_secs` says when to try again
             *
             *     `slow_down`: too soon after a wrong try: `retry_after_secs` says when to try again
             */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `worker_lost`: the host broke down at this; its log says where */
            500: {
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
    policy: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the policy in force */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "file": "/etc/punktfunk/punktfunk.yaml",
                     *       "problem": {
                     *         "at": 1,
                     *         "text": "…"
                     *       },
                     *       "rows": [
                     *         {
                     *           "default": null,
                     *           "description": "…",
                     *           "origin": "default",
                     *           "path": "pairing.pending.ttl",
                     *           "place": "/etc/punktfunk/punktfunk.yaml:3",
                     *           "value": null
                     *         }
                     *       ],
                     *       "yaml": "…"
                     *     }
                     */
                    "application/json": components["schemas"]["PolicyView"];
                };
            };
            /**
             * @description `sign_in_needed`: neither a session nor a token was sent, or the session is over
             *
             *     `token_wrong`: this is none of the host's tokens
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `cross_site`: a browser sent this on behalf of another site
             *
             *     `forbidden`: whoever asks may not do this
             *
             *     `unclaimed`: the box has no owner yet
             */
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
            /** @description `wrong_host`: the box is not called by a name or address of its own */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: more requests at once than the host answers: `retry_after_secs` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    reloadPolicy: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the policy that is in force now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "file": "/etc/punktfunk/punktfunk.yaml",
                     *       "problem": {
                     *         "at": 1,
                     *         "text": "…"
                     *       },
                     *       "rows": [
                     *         {
                     *           "default": null,
                     *           "description": "…",
                     *           "origin": "default",
                     *           "path": "pairing.pending.ttl",
                     *           "place": "/etc/punktfunk/punktfunk.yaml:3",
                     *           "value": null
                     *         }
                     *       ],
                     *       "yaml": "…"
                     *     }
                     */
                    "application/json": components["schemas"]["PolicyView"];
                };
            };
            /**
             * @description `sign_in_needed`: neither a session nor a token was sent, or the session is over
             *
             *     `token_wrong`: this is none of the host's tokens
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `cross_site`: a browser sent this on behalf of another site
             *
             *     `forbidden`: whoever asks may not do this
             *
             *     `unclaimed`: the box has no owner yet
             *
             *     `proof_needed`: the browser's user has to give the password again first
             */
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
            /** @description `too_large`: the body is larger than 16 KiB, or 4 MiB where a backup is sent */
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
            /** @description `wrong_host`: the box is not called by a name or address of its own */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `policy_bad`: the file is no policy; the one before stays in force */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: more requests at once than the host answers: `retry_after_secs` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `worker_lost`: the host broke down at this; its log says where */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    preview: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the picture */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/png": string;
                };
            };
            /**
             * @description `sign_in_needed`: neither a session nor a token was sent, or the session is over
             *
             *     `token_wrong`: this is none of the host's tokens
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `cross_site`: a browser sent this on behalf of another site
             *
             *     `forbidden`: whoever asks may not do this
             *
             *     `unclaimed`: the box has no owner yet
             */
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
            /** @description `wrong_host`: the box is not called by a name or address of its own */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: more requests at once than the host answers: `retry_after_secs` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `worker_lost`: the host broke down at this; its log says where */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `no_picture`: there is nothing to see now; `fault` says why */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    prove: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "password": "grüne Wolken ziehen"
                 *     }
                 */
                "application/json": components["schemas"]["PasswordBody"];
            };
        };
        responses: {
            /** @description the password is proven */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "box_name": "Living Room",
                     *       "claimed": false,
                     *       "proven_for_secs": 1,
                     *       "reauth_secs": 300,
                     *       "session_id": "9f2c41ab9f2c41ab",
                     *       "signed_in": false
                     *     }
                     */
                    "application/json": components["schemas"]["SessionState"];
                };
            };
            /**
             * @description `bad_json`: the body is no JSON, or not what this place takes
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
             * @description `sign_in_needed`: neither a session nor a token was sent, or the session is over
             *
             *     `token_wrong`: this is none of the host's tokens
             *
             *     `password_wrong`: this is not the password
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `cross_site`: a browser sent this on behalf of another site
             *
             *     `forbidden`: whoever asks may not do this
             *
             *     `unclaimed`: the box has no owner yet
             */
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
            /** @description `too_large`: the body is larger than 16 KiB, or 4 MiB where a backup is sent */
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
            /** @description `wrong_host`: the box is not called by a name or address of its own */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `too_many_requests`: more requests at once than the host answers: `retry_after_secs` says when to try again
             *
             *     `slow_down`: too soon after a wrong try: `retry_after_secs` says when to try again
             */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `worker_lost`: the host broke down at this; its log says where */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    record: {
        parameters: {
            query?: {
                /** @description lines at the most, up to 1000; 100 if absent */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description what happened, newest first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "at": 1,
                     *         "book": "admission",
                     *         "browser": "Firefox",
                     *         "by": {
                     *           "browser": "Firefox",
                     *           "colour": "#1a76e8",
                     *           "fingerprint": "9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab",
                     *           "kind": "console",
                     *           "name": "Firefox on Android",
                     *           "system": "Android",
                     *           "words": [
                     *             "mocha",
                     *             "canoe",
                     *             "compass",
                     *             "ocean",
                     *             "mocha",
                     *             "canoe",
                     *             "compass",
                     *             "ocean"
                     *           ]
                     *         },
                     *         "colour": "#1a76e8",
                     *         "fingerprint": "9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab",
                     *         "name": "Kitchen tablet",
                     *         "number": 1,
                     *         "source": "192.168.1.23",
                     *         "system": "Android",
                     *         "what": "knocked",
                     *         "words": [
                     *           "mocha",
                     *           "canoe",
                     *           "compass",
                     *           "ocean",
                     *           "mocha",
                     *           "canoe",
                     *           "compass",
                     *           "ocean"
                     *         ]
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["Recorded"][];
                };
            };
            /** @description `bad_query`: what stands behind the question mark cannot be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `sign_in_needed`: neither a session nor a token was sent, or the session is over
             *
             *     `token_wrong`: this is none of the host's tokens
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `cross_site`: a browser sent this on behalf of another site
             *
             *     `forbidden`: whoever asks may not do this
             *
             *     `unclaimed`: the box has no owner yet
             */
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
            /** @description `wrong_host`: the box is not called by a name or address of its own */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: more requests at once than the host answers: `retry_after_secs` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resetPassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the new code */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "claimed": false,
                     *       "code": "ABCD-2345",
                     *       "link": "https://192.168.1.20:47990/#claim=ABCD-2345",
                     *       "url": "https://192.168.1.20:47990"
                     *     }
                     */
                    "application/json": components["schemas"]["ClaimState"];
                };
            };
            /**
             * @description `sign_in_needed`: neither a session nor a token was sent, or the session is over
             *
             *     `token_wrong`: this is none of the host's tokens
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `cross_site`: a browser sent this on behalf of another site
             *
             *     `forbidden`: whoever asks may not do this
             *
             *     `unclaimed`: the box has no owner yet
             */
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
            /** @description `too_large`: the body is larger than 16 KiB, or 4 MiB where a backup is sent */
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
            /** @description `wrong_host`: the box is not called by a name or address of its own */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: more requests at once than the host answers: `retry_after_secs` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `ended_unsaved`: it has ended now, but that could not be saved: after a restart it would work again */
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
    restore: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "file": "6167652d656e6372797074696f6e2e6f72672f7631",
                 *       "passphrase": "grüne Wolken ziehen"
                 *     }
                 */
                "application/json": components["schemas"]["RestoreBody"];
            };
        };
        responses: {
            /** @description it is decided */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "fingerprint": "9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab",
                     *       "made_at": 1,
                     *       "policy": "…"
                     *     }
                     */
                    "application/json": components["schemas"]["RestoreState"];
                };
            };
            /**
             * @description `bad_json`: the body is no JSON, or not what this place takes
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
             * @description `sign_in_needed`: neither a session nor a token was sent, or the session is over
             *
             *     `token_wrong`: this is none of the host's tokens
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `cross_site`: a browser sent this on behalf of another site
             *
             *     `forbidden`: whoever asks may not do this
             *
             *     `unclaimed`: the box has no owner yet
             *
             *     `proof_needed`: the browser's user has to give the password again first
             */
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
            /** @description `too_large`: the body is larger than 16 KiB, or 4 MiB where a backup is sent */
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
            /** @description `wrong_host`: the box is not called by a name or address of its own */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `backup_bad`: the file is no backup, or the passphrase is another; nothing was changed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: more requests at once than the host answers: `retry_after_secs` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `worker_lost`: the host broke down at this; its log says where */
            500: {
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
    session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description how this browser stands with the box */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "box_name": "Living Room",
                     *       "claimed": false,
                     *       "proven_for_secs": 1,
                     *       "reauth_secs": 300,
                     *       "session_id": "9f2c41ab9f2c41ab",
                     *       "signed_in": false
                     *     }
                     */
                    "application/json": components["schemas"]["SessionState"];
                };
            };
            /** @description `cross_site`: a browser sent this on behalf of another site */
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
            /** @description `wrong_host`: the box is not called by a name or address of its own */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: more requests at once than the host answers: `retry_after_secs` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    signIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "password": "grüne Wolken ziehen"
                 *     }
                 */
                "application/json": components["schemas"]["PasswordBody"];
            };
        };
        responses: {
            /** @description this browser is signed in */
            200: {
                headers: {
                    /** @description the cookies of the session and of a known browser */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "box_name": "Living Room",
                     *       "claimed": false,
                     *       "proven_for_secs": 1,
                     *       "reauth_secs": 300,
                     *       "session_id": "9f2c41ab9f2c41ab",
                     *       "signed_in": false
                     *     }
                     */
                    "application/json": components["schemas"]["SessionState"];
                };
            };
            /**
             * @description `bad_json`: the body is no JSON, or not what this place takes
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
            /** @description `password_wrong`: this is not the password */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `cross_site`: a browser sent this on behalf of another site
             *
             *     `forbidden`: whoever asks may not do this
             *
             *     `unclaimed`: the box has no owner yet
             */
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
            /** @description `too_large`: the body is larger than 16 KiB, or 4 MiB where a backup is sent */
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
            /** @description `wrong_host`: the box is not called by a name or address of its own */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `too_many_requests`: more requests at once than the host answers: `retry_after_secs` says when to try again
             *
             *     `slow_down`: too soon after a wrong try: `retry_after_secs` says when to try again
             */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `worker_lost`: the host broke down at this; its log says where */
            500: {
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
    signOut: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description this browser is signed out */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /**
             * @description `sign_in_needed`: neither a session nor a token was sent, or the session is over
             *
             *     `token_wrong`: this is none of the host's tokens
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `cross_site`: a browser sent this on behalf of another site
             *
             *     `forbidden`: whoever asks may not do this
             *
             *     `unclaimed`: the box has no owner yet
             */
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
            /** @description `too_large`: the body is larger than 16 KiB, or 4 MiB where a backup is sent */
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
            /** @description `wrong_host`: the box is not called by a name or address of its own */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: more requests at once than the host answers: `retry_after_secs` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `ended_unsaved`: it has ended now, but that could not be saved: after a restart it would work again */
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
                    /**
                     * @example {
                     *       "attention": [
                     *         {
                     *           "code": "store_not_saved",
                     *           "next": "set pairing.require in the policy to change that",
                     *           "params": {},
                     *           "sentence": "every device on the network may stream",
                     *           "severity": "alarm"
                     *         }
                     *       ],
                     *       "fingerprint": "…",
                     *       "name": "Living Room",
                     *       "native_port": 9777,
                     *       "paired": 1,
                     *       "pairing_required": false,
                     *       "pending": 1,
                     *       "sessions": [
                     *         {
                     *           "codec": "H.264",
                     *           "encoder": "libx264 ultrafast",
                     *           "fault": {
                     *             "code": "clock_behind",
                     *             "next": "start a session on the machine, or wake its display",
                     *             "params": {},
                     *             "sentence": "no screen is on (HDMI-A-1 is dark)"
                     *           },
                     *           "fps": 1,
                     *           "frames": 1,
                     *           "height": 1,
                     *           "id": 1,
                     *           "kbps": 1,
                     *           "latency_p99_us": {
                     *             "capture": 900,
                     *             "encode": 4700,
                     *             "send": 600
                     *           },
                     *           "latency_us": {
                     *             "capture": 900,
                     *             "encode": 4700,
                     *             "send": 600
                     *           },
                     *           "refresh_hz": 1,
                     *           "software": false,
                     *           "sound": "tone",
                     *           "sound_fault": {
                     *             "code": "clock_behind",
                     *             "next": "start a session on the machine, or wake its display",
                     *             "params": {},
                     *             "sentence": "no screen is on (HDMI-A-1 is dark)"
                     *           },
                     *           "source": "HDMI-A-1",
                     *           "video_kbps": 1,
                     *           "viewers": 1,
                     *           "width": 1
                     *         }
                     *       ],
                     *       "streams": [
                     *         {
                     *           "codec": "H.264",
                     *           "colour": "#1a76e8",
                     *           "datagrams": 1,
                     *           "door": "native",
                     *           "dropped": 1,
                     *           "fec_percent": 1,
                     *           "fingerprint": "…",
                     *           "fps": 1,
                     *           "frames": 1,
                     *           "id": 1,
                     *           "kbps": 1,
                     *           "level": "watch",
                     *           "loss_ppm": 1,
                     *           "mode": {
                     *             "height": 1080,
                     *             "refresh_hz": 60,
                     *             "width": 1920
                     *           },
                     *           "name": "Kitchen tablet",
                     *           "rtt_us": 1,
                     *           "session": 1,
                     *           "skipped": 1,
                     *           "source": "192.168.1.23",
                     *           "started_at": 1,
                     *           "words": [
                     *             "…"
                     *           ]
                     *         }
                     *       ],
                     *       "update": {
                     *         "available": "1.2.4",
                     *         "last": {
                     *           "at": "2026-11-29T01:02:03Z",
                     *           "outcome": "went_back",
                     *           "reason": "video: picture 3 was decoded to nothing; go back to the version before",
                     *           "version": "1.2.4"
                     *         },
                     *         "phase": "downloading",
                     *         "progress_percent": 42,
                     *         "running": "1.2.3",
                     *         "silent_days": 20,
                     *         "waiting": "1.2.4"
                     *       },
                     *       "uptime_secs": 1,
                     *       "version": "0.1.0"
                     *     }
                     */
                    "application/json": components["schemas"]["Status"];
                };
            };
            /**
             * @description `sign_in_needed`: neither a session nor a token was sent, or the session is over
             *
             *     `token_wrong`: this is none of the host's tokens
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `cross_site`: a browser sent this on behalf of another site
             *
             *     `forbidden`: whoever asks may not do this
             *
             *     `unclaimed`: the box has no owner yet
             */
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
            /** @description `wrong_host`: the box is not called by a name or address of its own */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: more requests at once than the host answers: `retry_after_secs` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    endStream: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description of the status */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description it ends */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `bad_path`: a part of the path cannot be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `sign_in_needed`: neither a session nor a token was sent, or the session is over
             *
             *     `token_wrong`: this is none of the host's tokens
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `cross_site`: a browser sent this on behalf of another site
             *
             *     `forbidden`: whoever asks may not do this
             *
             *     `unclaimed`: the box has no owner yet
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `stream_gone`: no such stream runs */
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
            /** @description `too_large`: the body is larger than 16 KiB, or 4 MiB where a backup is sent */
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
            /** @description `wrong_host`: the box is not called by a name or address of its own */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: more requests at once than the host answers: `retry_after_secs` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listTokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description which tokens there are */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "created_at": 1,
                     *         "id": "9f2c41ab9f2c41ab",
                     *         "last_used": 1,
                     *         "name": "Home dashboard",
                     *         "scope": "read"
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["ApiToken"][];
                };
            };
            /**
             * @description `sign_in_needed`: neither a session nor a token was sent, or the session is over
             *
             *     `token_wrong`: this is none of the host's tokens
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `cross_site`: a browser sent this on behalf of another site
             *
             *     `forbidden`: whoever asks may not do this
             *
             *     `unclaimed`: the box has no owner yet
             */
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
            /** @description `wrong_host`: the box is not called by a name or address of its own */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: more requests at once than the host answers: `retry_after_secs` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    makeToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Home dashboard",
                 *       "scope": "read"
                 *     }
                 */
                "application/json": components["schemas"]["TokenBody"];
            };
        };
        responses: {
            /** @description the token */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "9f2c41ab9f2c41ab",
                     *       "name": "Home dashboard",
                     *       "scope": "read",
                     *       "token": "pf_0f3c…"
                     *     }
                     */
                    "application/json": components["schemas"]["NewApiToken"];
                };
            };
            /**
             * @description `bad_json`: the body is no JSON, or not what this place takes
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
             * @description `sign_in_needed`: neither a session nor a token was sent, or the session is over
             *
             *     `token_wrong`: this is none of the host's tokens
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `cross_site`: a browser sent this on behalf of another site
             *
             *     `forbidden`: whoever asks may not do this
             *
             *     `unclaimed`: the box has no owner yet
             *
             *     `proof_needed`: the browser's user has to give the password again first
             */
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
            /** @description `list_full`: the list is full */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large`: the body is larger than 16 KiB, or 4 MiB where a backup is sent */
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
            /** @description `wrong_host`: the box is not called by a name or address of its own */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: more requests at once than the host answers: `retry_after_secs` says when to try again */
            429: {
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
    revokeToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description 16 hex digits, of the list of tokens */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description it works no more */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `bad_path`: a part of the path cannot be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `sign_in_needed`: neither a session nor a token was sent, or the session is over
             *
             *     `token_wrong`: this is none of the host's tokens
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `cross_site`: a browser sent this on behalf of another site
             *
             *     `forbidden`: whoever asks may not do this
             *
             *     `unclaimed`: the box has no owner yet
             *
             *     `proof_needed`: the browser's user has to give the password again first
             */
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
            /** @description `too_large`: the body is larger than 16 KiB, or 4 MiB where a backup is sent */
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
            /** @description `wrong_host`: the box is not called by a name or address of its own */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: more requests at once than the host answers: `retry_after_secs` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `ended_unsaved`: it has ended now, but that could not be saved: after a restart it would work again */
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
    metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description all metrics */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example # HELP punktfunk_streams Streams running.
                     *     # TYPE punktfunk_streams gauge
                     *     punktfunk_streams 1
                     */
                    "text/plain": string;
                };
            };
            /**
             * @description `sign_in_needed`: neither a session nor a token was sent, or the session is over
             *
             *     `token_wrong`: this is none of the host's tokens
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `cross_site`: a browser sent this on behalf of another site
             *
             *     `forbidden`: whoever asks may not do this
             *
             *     `unclaimed`: the box has no owner yet
             */
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
            /** @description `wrong_host`: the box is not called by a name or address of its own */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: more requests at once than the host answers: `retry_after_secs` says when to try again */
            429: {
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
