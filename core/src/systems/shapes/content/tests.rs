use super::super::names::reason_to_look;
use super::*;

#[test]
fn files_of_unknown_tools_are_told_by_what_stands_in_them() {
    let long = "FAKE0token1opaque2value3";
    for (name, text) in [
        ("auth.json", format!("{{\"access_token\": \"{long}\"}}")),
        (
            "config.json",
            format!("{{\"profiles\": [{{\"apiKey\": \"{long}\"}}]}}"),
        ),
        (
            "config.yaml",
            format!("server: https://x.example.test\ntoken: {long}\n"),
        ),
        (
            "credentials.toml",
            format!("[default]\nsecret = \"{long}\"\n"),
        ),
        ("credentials", format!("[default]\npassword = {long}\n")),
        (".env", format!("MODE=fast\nTHING_API_KEY={long}\n")),
        (".thingrc", format!("user=ana\nauth_token={long}\n")),
        ("token", format!("{long}\n")),
        ("session", format!("{long}\n")),
    ] {
        assert!(reason_to_look(name, "thing", 2).is_some(), "{name}");
        assert!(
            shape_of(name, text.as_bytes(), Reason::Name, &[], &[]).is_some(),
            "{name}: {text}"
        );
    }
}

#[test]
fn settings_are_no_sign_ins() {
    for (name, text) in [
        (
            "config.json",
            "{\"theme\": \"dark\", \"tokenLimit\": 4096, \"token\": \"\"}",
        ),
        (
            "config.json",
            "{\"auth\": {\"type\": \"oauth\", \"keyPath\": \"/home/ana/key\"}}",
        ),
        (
            "settings.yaml",
            "token_type: bearer\npassword: ${PASSWORD}\napi_key: YOUR-API-KEY-123\n",
        ),
        (
            "config.toml",
            "session_id = \"0f8fad5b-d9cb-469f-a165-70867728950e\"\n",
        ),
        ("hosts", "127.0.0.1 localhost\n"),
        ("session", "gnome-xorg\n"),
        ("account", "ana@example.test\n"),
        ("user", "ana\n"),
        (
            "config",
            "[core]\n\teditor = vim\n\tpasswordStore = keychain\n",
        ),
        ("token.json", "{}"),
        ("tokens.json", "{\"tokens\": {}}"),
    ] {
        assert!(
            shape_of(name, text.as_bytes(), Reason::Name, &[], &[]).is_none(),
            "{name}: {text}"
        );
    }
    for name in [
        "README.md",
        "theme.css",
        "auth.lock",
        ".bashrc",
        "icon.png",
        "notes.txt",
    ] {
        assert!(reason_to_look(name, "thing", 2).is_none(), "{name}");
    }
}

fn looked_into(tool: &str, name: &str, text: &[u8]) -> Option<&'static str> {
    let reason = reason_to_look(name, tool, 1)?;
    shape_of(name, text, reason, &[], &[]).map(|shape| shape.why)
}

#[test]
fn settings_with_a_secret_in_them_are_found_whatever_they_are_called() {
    const PASSWORD: &str = "FAKE1a2b3c4d5e6f7a8b9c0d";
    for (tool, name, text) in [
        (
            "crush",
            "crush.json",
            "{\"providers\":{\"y\":{\"api_key\":\"PW\"}}}",
        ),
        ("mods", "mods.yml", "apis:\n  x:\n    api-key: PW\n"),
        ("koyeb.yaml", "koyeb.yaml", "token: PW\n"),
        ("ovh.conf", ".ovh.conf", "[ovh-eu]\napplication_secret=PW\n"),
        ("wireguard", "wg0.conf", "[Interface]\nPrivateKey = PW\n"),
        ("foocli", "cfg", "[default]\npassword = PW\n"),
        ("usqlpass", ".usqlpass", "{\"password\": \"PW\"}"),
        ("editor", "settings.json", "{\"openai.apiKey\":\"PW\"}"),
        (
            "x",
            "config.json",
            "{\"headers\": {\"Authorization\": \"Bearer PW\"}}",
        ),
        (
            "x",
            "config.json",
            "{\"headers\": {\"Authorization\": \"Basic PW\"}}",
        ),
        (
            "x",
            "config.ini",
            "[dsn]\nprod = postgresql://alice:PW@db.example.test/x\n",
        ),
        (
            "aerc",
            "accounts.conf",
            "[work]\nsource = imaps://alice:PW@mail.example.test\n",
        ),
        ("x", "app.conf", "address irc.example.test\npassword PW\n"),
        ("yt-dlp", "config", "--username alice\n--password PW\n"),
        ("x", ".curlrc", "header = \"Authorization: Bearer PW\"\n"),
        (
            "hex",
            "hex.config",
            "{'$write_key', <<\"x\">>}.\n{api_key, <<\"PW\">>}.\n",
        ),
        (
            "x",
            "lab.hcl",
            "provider \"x\" {\n  api_token = \"PW\"\n}\n",
        ),
        (
            "age",
            "keys.txt",
            "# created: today\n# public key: age1x\nAGE-SECRET-KEY-1FAKEQQQQQQQ\n",
        ),
        (
            "x",
            "lab.ppk",
            "PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 1\nAAAA\n",
        ),
        (
            "x",
            "server.key",
            "-----BEGIN PRIVATE KEY-----\nFAKE\n-----END PRIVATE KEY-----\n",
        ),
    ] {
        let text = text.replace("PW", PASSWORD);
        // Both are lines of keys, which a text file without an end in its name may be.
        let name = if name == "keys.txt" || name == "lab.ppk" {
            "keys"
        } else {
            name
        };
        assert!(
            looked_into(tool, name, text.as_bytes()).is_some(),
            "{name}: {text}"
        );
        let empty = text.replace(PASSWORD, "");
        if !empty.contains("PRIVATE KEY") && !empty.contains("KEY-1") && !empty.contains("PuTTY") {
            assert_eq!(
                looked_into(tool, name, empty.as_bytes()),
                None,
                "{name}: {empty}"
            );
        }
    }
    let wide: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(
            format!("token: {PASSWORD}\n")
                .encode_utf16()
                .flat_map(u16::to_le_bytes),
        )
        .collect();
    assert!(looked_into("x", "auth.yaml", &wide).is_some());
    assert!(looked_into("x", "credentials-config.json", &[0, 159, 200, 1]).is_some());
    assert!(looked_into("x", "session.db", &[0, 159, 200, 1]).is_none());
}

#[test]
fn examples_words_and_settings_are_no_secrets() {
    for (name, text) in [
        (".env.example", "API_KEY=abc123abc123abc123\n"),
        (
            "settings.template.json",
            "{\"token\": \"abc123abc123abc1\"}",
        ),
        (
            "config.json",
            "{\"token\": \"replace-me-1234567890\", \"password\": \"INSERT_KEY_HERE_123\"}",
        ),
        ("tokenizer_config.json", "{\"bos_token\": \"<s>1234567\"}"),
        (
            "config.json",
            "{\"tokenizer_class\": \"PreTrainedTokenizerFast\"}",
        ),
        (
            "state.json",
            "{\"signature\": \"MEUCIQDFAKE1a2b3c4d5e6f7a8b9c0d\", \"sessionId\": \"a1b2c3d4e5f6a7b8\"}",
        ),
        (
            "app.conf",
            "proxy = http://proxy.example.test:8080\npassword_file = /run/secret1\n",
        ),
        (
            "readme",
            "The token of the day is printed here. password: see below\n",
        ),
        (
            "app.toml",
            "max_tokens = 4096\ntoken_limit = \"128000 words\"\n",
        ),
        (
            "urls.conf",
            "source = https://user@git.example.test/x\nother = https://alice:${PASSWORD}@x.example.test\n",
        ),
    ] {
        assert_eq!(
            looked_into("thing", name, text.as_bytes()),
            None,
            "{name}: {text}"
        );
    }
}

#[test]
fn what_is_known_of_a_file_is_not_said_again() {
    let text = b"{\"a\": {\"token\": \"FAKE1a2b3c4d\"}, \"b\": {\"token\": \"FAKE5e6f7a8b\"}}";
    let known = [MemberPath::of_keys(["a", "token"])];
    let shape = shape_of("config.json", text, Reason::Settings, &known, &[]).unwrap();
    let (_, members) = shape.members.unwrap();
    assert_eq!(members, [MemberPath::of_keys(["b", "token"])]);
    let known = [MemberPath::of_keys(["a"]), MemberPath::of_keys(["b"])];
    assert!(shape_of("config.json", text, Reason::Settings, &known, &[]).is_none());
}

#[test]
fn forms_that_tools_write_are_found() {
    const SECRET: &str = "FAKE1a2b3c4d5e6f7a8b9c0d";
    for (name, text) in [
        ("token", "# written by the login\nSECRET\n"),
        ("passwords", "alice:SECRET\nbob:SECRET\n"),
        ("auth.txt", "alice@example.test\nSECRET\n"),
        (
            "com.x.cli.plist",
            "<plist><dict><key>accessToken</key>\n<string>SECRET</string></dict></plist>",
        ),
        (
            "app.config",
            "<configuration><add key=\"ApiKey\" value=\"SECRET\"/></configuration>",
        ),
        (
            "env.json",
            "{\"values\": [{\"key\": \"apiKey\", \"value\": \"SECRET\"}]}",
        ),
        ("config.ron", "(host: \"a\", token: Some(\"SECRET\"))"),
        (
            "accounts.jsonl",
            "{\"user\": \"a\", \"access_token\": \"SECRET\"}\n{\"user\": \"b\"}\n",
        ),
        (
            "cookies.txt",
            "#HttpOnly_.x.test\tTRUE\t/\tTRUE\t4070908800\tsid\tSECRET\n",
        ),
        (
            "cookies.lwp",
            "#LWP-Cookies-2.0\nSet-Cookie3: sid=SECRET; path=\"/\"\n",
        ),
        (
            "config.yaml",
            "username: alice\npassword: correcthorsebatterystaple\n",
        ),
        ("config.yaml", "username: alice\npassword: s3cr3t\n"),
        ("config.yaml", "username: alice\npassword: 8812345678\n"),
        ("config.yaml", "password: \"$H4x<FAKE>0r{{9}}!\"\n"),
        (
            "config.yaml",
            "api_key: 5f0c7d8e-1111-4222-8333-abcdefabcdef\n",
        ),
        ("config.yaml", "token: \"/9j4AAQSkZJRgABAQAAAQABAAD\"\n"),
        ("config.yaml", "url: https://a.example.test\nkey: SECRET\n"),
        (
            "credentials",
            "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n",
        ),
        ("config.json", "{\"token\": \"todoist_9f8e7d6c5b4a\"}"),
        (
            "x.json",
            "{\"id\": \"eyJhbGciOiJub25lIn0.eyJzdWIiOiJGQUtFIn0.FAKEFAKEFAKE\"}",
        ),
        (
            "device.json",
            "{\"kty\": \"EC\", \"x\": \"a\", \"d\": \"SECRET\"}",
        ),
        (
            "id.json",
            "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32]",
        ),
        (
            "mcp.json",
            "{\"mcpServers\": {\"x\": {\"args\": [\"-y\", \"--api-key\", \"SECRET\"]}}}",
        ),
        (
            "mcp.json",
            "{\"mcpServers\": {\"x\": {\"args\": [\"--header\", \"Authorization: Bearer SECRET\"]}}}",
        ),
        (
            "mcp.json",
            "{\"mcpServers\": {\"x\": {\"url\": \"https://x.test/sse?apiKey=SECRET\"}}}",
        ),
        (
            "conf.json",
            "{\"sessionStore\": \"{\\\"a\\\": {\\\"accessToken\\\": \\\"SECRET\\\"}}\"}",
        ),
        ("config.json", "{\"tokens\": {\"prod\": \"SECRET\"}}"),
        (
            "enroot",
            "machine x.test login $oauthtoken password SECRET\n",
        ),
        (
            "wallet.json",
            "{\"mnemonic\": \"fake abandon ability able about above absent absorb abstract absurd abuse access\"}",
        ),
        ("config.yaml", "user: alice\ntoken: keyring://x/alice\n"),
        ("api.example.com.json", "{\"token\": \"SECRET\"}"),
        ("auth.default.json", "{\"token\": \"SECRET\"}"),
    ] {
        let text = text.replace("SECRET", SECRET);
        assert!(
            looked_into("x", name, text.as_bytes()).is_some(),
            "{name}: {text}"
        );
    }
    let with_name: Vec<u8> = [b"\x82\xa5token\xb8", SECRET.as_bytes(), b"\x00\xff"].concat();
    assert!(looked_into("x", "state.bin", &with_name).is_some());
    let program = [b"\x7fELF".as_slice(), &with_name].concat();
    assert!(looked_into("x", "state.bin", &program).is_none());
    assert!(looked_into("x", "key.p12", &[0x30, 0x82, 0xff]).is_some());
    let latin = [
        b"# gr\xfc\xdfe\ntoken = \"".as_slice(),
        SECRET.as_bytes(),
        b"\"\n",
    ]
    .concat();
    assert!(looked_into("x", "auth.conf", &latin).is_some());
    let marker = shape_of(
        "a.json",
        b"{\"user\": \"a\", \"storage\": \"keyring\"}",
        Reason::Name,
        &[],
        &[],
    );
    assert!(marker.unwrap().kind == ShapeKind::Marker);
}

#[test]
fn words_about_secrets_are_none() {
    for (name, text) in [
        (
            "en.json",
            "{\"password\": \"Your password\", \"token\": \"Access token\"}",
        ),
        (
            "config.yaml",
            "password: prompt\nother_password: \"<your password>\"\npassword_command: pass show x1\n",
        ),
        (
            "config.json",
            "{\"password\": true, \"token\": null, \"apiKey\": \"xxxx-xxxx-xxxx\"}",
        ),
        (
            "config.json",
            "{\"password\": \"${env:PW}\", \"token\": \"op://vault/item/field1\"}",
        ),
        (
            "config.json",
            "{\"args\": [\"--token-file\", \"/run/secrets/token1\", \"--key\", \"name\"]}",
        ),
        (
            "config.json",
            "{\"url\": \"https://x.test/?page=1&apiKey=${KEY}\"}",
        ),
        ("settings.json", "{\"storage\": \"keyring\"}"),
        ("notes", "the token and the password of the day\n"),
        (
            "config.example.toml",
            "token = \"FAKE1a2b3c4d5e6f7a8b9c0d\"\n",
        ),
        ("config-sample.yaml", "token: FAKE1a2b3c4d5e6f7a8b9c0d\n"),
        (
            "plugin.js",
            "var tokens = parse(tokenList2); password = getpass2(user)\n",
        ),
    ] {
        assert_eq!(
            looked_into("x", name, text.as_bytes()),
            None,
            "{name}: {text}"
        );
    }
}

#[test]
fn address_with_a_secret_in_it_is_one_whatever_it_is_called() {
    let token = "FAKE0token1opaque2value3";
    let is_possible = |address: &str| {
        let text = format!("{{\"place\": \"{address}\"}}");
        shape_of("config.json", text.as_bytes(), Reason::Settings, &[], &[]).is_some()
    };
    for address in [
        format!("https://x.example.test/feed?key={token}"),
        format!("https://x.example.test/feed?a=b&api_key={token}#c"),
        format!("https://conda.example.test/t/{token}/channel"),
        format!("https://x.example.test/api/webhooks/1234/{token}"),
        format!("https://hooks.example.test/services/T0001/B0002/{token}"),
        format!("https://api.example.test/bot1234:{token}/send"),
        format!("https://{token}@x.example.test/"),
    ] {
        assert!(is_possible(&address), "{address}");
    }
    for address in [
        "https://forum.example.test/t/how-to-use-2fa-with-an-app/1234".to_owned(),
        format!("https://x.example.test/{token}/edit"),
        "https://x.example.test/?key=value&token=${TOKEN}".to_owned(),
        "https://x.example.test/hooks/install".to_owned(),
    ] {
        assert!(!is_possible(&address), "{address}");
    }
}

#[test]
fn file_that_is_one_key_or_token_is_told_by_its_name() {
    let hex = "3f8a1c5e7b9d2046a8c0e2f4b6d80123";
    for name in ["jwt", ".blip_key", "kraken.key", "alice.pkey", "pw"] {
        let reason = reason_to_look(name, "blip", 0).unwrap();
        assert!(
            shape_of(name, hex.as_bytes(), reason, &[], &[]).is_some(),
            "{name}"
        );
    }
    for name in ["install.key.pub", "cache-key-id", "machine-id"] {
        let found = reason_to_look(name, "blip", 0)
            .and_then(|reason| shape_of(name, hex.as_bytes(), reason, &[], &[]));
        assert!(found.is_none(), "{name}");
    }
}

#[test]
fn groups_of_keys_and_encrypted_ones_are_credentials() {
    for text in [
        r#"{"provider_api_keys": {"OpenAI": "sk-FAKE0token1opaque2value3", "Other": null}}"#,
        r#"{"crypto": {"cipher": "aes-128-ctr", "ciphertext": "FAKE", "kdf": "scrypt"}}"#,
        r#"[{"key": "a", "field": {"value": "FAKE0token1opaque2value3", "type": "password"}}]"#,
    ] {
        let found = shape_of("settings.json", text.as_bytes(), Reason::Settings, &[], &[]);
        assert!(found.is_some(), "{text}");
    }
    for text in [
        r#"{"analytics": {"writeKey": "3f8a1c5e7b9d2046a8c0e2f4b6d80123"}}"#,
        r#"{"cipher": "aes-256-gcm", "format": "text"}"#,
        r#"{"field": {"value": "FAKE0token1opaque2value3", "type": "text"}}"#,
    ] {
        let found = shape_of("settings.json", text.as_bytes(), Reason::Settings, &[], &[]);
        assert!(found.is_none(), "{text}");
    }
}
