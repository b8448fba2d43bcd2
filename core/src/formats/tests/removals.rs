//! What goes with a member, format by format; everything else stays byte for byte.

use super::*;

const GO: Format = Format::Ini(IniDialect::Go);
const PYTHON: Format = Format::Ini(IniDialect::Python);
const GIT: Format = Format::Ini(IniDialect::Git);
const MYSQL: Format = Format::Ini(IniDialect::MySql);
const NPM: Format = Format::Ini(IniDialect::Npm);

/// Format, before, what goes, after.
type Case = (Format, &'static str, &'static [&'static str], &'static str);

/// How the removal of the first path ends.
fn removal(format: Format, text: &str, paths: &[MemberPath]) -> MemberRemoval {
    let edited = format.remove(text.as_bytes(), paths).unwrap();
    edited.outcomes.into_iter().next().unwrap()
}

fn check(cases: &[Case]) {
    for (format, before, patterns, after) in cases {
        assert_eq!(
            remove(*format, before, patterns),
            *after,
            "{format:?} {patterns:?} of {before:?}"
        );
    }
}

#[test]
fn json() {
    check(&[
        (
            Format::Json,
            "{\r\n  // mine\r\n  \"a\": 1, // x\r\n  \"b\": {\"t\": 2, \"u\": 3},\r\n}\r\n",
            &["a", "b.t"],
            "{\r\n  // mine\r\n  \"b\": {\"u\": 3},\r\n}\r\n",
        ),
        (
            Format::Json,
            "\u{feff}{\"l\": [{\"n\": 1, \"t\": 2}, 3, \"x\"]}",
            &["l[n].t", "l[=x]"],
            "\u{feff}{\"l\": [{\"n\": 1}, 3]}",
        ),
    ]);
}

#[test]
fn yaml() {
    check(&[
        (
            Format::Yaml,
            "# mine\na:\n  t: 1 # x\n  u: 2\nb: 3\n",
            &["a.t"],
            "# mine\na:\n  u: 2\nb: 3\n",
        ),
        (Format::Yaml, "a:\n  t: 1\nb: 3", &["a.t"], "a: {}\nb: 3"),
        (Format::Yaml, "a:\n  t: 1", &["a"], ""),
        (
            Format::Yaml,
            "l:\n- t: 1\n  # note\n  u: 2\n- u: 3\n  t: 4\n",
            &["l[].t"],
            "l:\n- # note\n  u: 2\n- u: 3\n",
        ),
        (
            Format::Yaml,
            "l:\r\n  - t: |\r\n      one\r\n      two\r\n    s: 1\r\n    u: 2\r\n  - t: 1\r\n",
            &["l[].t", "l[].s"],
            "l:\r\n  - u: 2\r\n  - {}\r\n",
        ),
        (
            Format::Yaml,
            "l:\n- t: |\n    one\n- u: 2\n",
            &["l[].t"],
            "l:\n- {}\n- u: 2\n",
        ),
        (
            Format::Yaml,
            "l:\n- a\n- b # x\n- c\n",
            &["l[=b]"],
            "l:\n- a\n- c\n",
        ),
        (
            Format::Yaml,
            "l: # all\n- a\nk: 1\n",
            &["l[]"],
            "l: [] # all\nk: 1\n",
        ),
        (
            Format::Yaml,
            "l:\n-\n- a: 1\n-\n  t: 2\n  b: 3\n",
            &["l[#1]", "l[].t"],
            "l:\n- a: 1\n-\n  b: 3\n",
        ),
        (
            Format::Yaml,
            "a: {t: 1, u: [x, y], v: 'z'}\nb: {t: 1}\n",
            &["*.t", "a.u[=y]"],
            "a: {u: [x], v: 'z'}\nb: {}\n",
        ),
        (
            Format::Yaml,
            "---\n:key: FAKE\nhttps://h.example.test: FAKE\nother: 1\n",
            &[":key", "\"https://*\""],
            "---\nother: 1\n",
        ),
        (
            Format::Yaml,
            "\u{feff}a: 1\r\nt: \"x\r\n  y\"\r\nb: 2\r\n",
            &["t"],
            "\u{feff}a: 1\r\nb: 2\r\n",
        ),
    ]);
    for text in [
        "a: &x {t: 1}\nb: *x\n",
        "a:\n  t: &x 1\n  b: *x\n",
        "l:\n- - t: 1\n  - t: 2\n",
    ] {
        let paths = select(Format::Yaml, text, &["**.t"]);
        let outcome = removal(Format::Yaml, text, &paths[..1]);
        assert!(outcome == MemberRemoval::Removed || text.contains('&'));
    }
    let paths = select(Format::Yaml, "a: &x\n  t: 1\n", &["a"]);
    let outcome = removal(Format::Yaml, "a: &x\n  t: 1\n", &paths);
    assert!(matches!(outcome, MemberRemoval::Refused(_)));
}

#[test]
fn toml() {
    check(&[
        (
            Format::Toml,
            "# mine\nt = \"x\" # y\n\n[a] # z\nt = '''\n[a.b]\n'''\nu = 1\n",
            &["**.t"],
            "# mine\n\n[a] # z\nu = 1\n",
        ),
        (
            Format::Toml,
            "a = 1\r\n\r\n# about x\r\n[x]\r\nt = 1\r\n# in it\r\nu = 2\r\n\r\n[x.y]\r\nv = 3\r\n\r\n# about z\r\n[z]\r\n",
            &["x"],
            "a = 1\r\n\r\n# about x\r\n# about z\r\n[z]\r\n",
        ),
        (
            Format::Toml,
            "[a]\nb.t = 1\nb.u = 2\n\"c d\".t = 3\n",
            &["a.*.t"],
            "[a]\nb.u = 2\n",
        ),
        (
            Format::Toml,
            "[a]\nb.t = 1\nb.u = 2\nc = 3\n",
            &["a.b"],
            "[a]\nc = 3\n",
        ),
        (
            Format::Toml,
            "[[c]]\nname = \"x\"\nt = 1\n\n[c.p]\nk = 1\n\n[[c]]\nname = \"y\"\nt = 2\n",
            &["c[name=x]"],
            "[[c]]\nname = \"y\"\nt = 2\n",
        ),
        (
            Format::Toml,
            "[[c]]\nname = \"x\"\n\n[[c]]\nname = \"y\"\n",
            &["c[name=y]"],
            "[[c]]\nname = \"x\"\n",
        ),
        (
            Format::Toml,
            "r = { url = \"u\", t = 1 }\ns = { t = 1, url = \"u\" }\nv = { t = 1 }\n",
            &["*.t"],
            "r = { url = \"u\" }\ns = { url = \"u\" }\nv = {}\n",
        ),
        (
            Format::Toml,
            "l = [\n  \"a\", # one\n  \"b\",\n  # two\n  \"c\"\n]\n",
            &["l[=a]", "l[=c]"],
            "l = [\n  \"b\"\n  # two\n]\n",
        ),
        (
            Format::Toml,
            "\u{feff}a.b = [{t = 1}, {t = 2, u = 3}]\n",
            &["a.b[u].t"],
            "\u{feff}a.b = [{t = 1}, {u = 3}]\n",
        ),
        (Format::Toml, "a = 1\nt = 2", &["t"], "a = 1\n"),
        (
            Format::Toml,
            "[registry]\ntoken = \"x\"\n",
            &["registry.token"],
            "[registry]\n",
        ),
    ]);
}

#[test]
fn ini_keys() {
    check(&[
        (
            GO,
            "; mine\n[a]\nk = 1\ntoken = x\n; note\n\n[b]\ntoken: y\n",
            &["*.token"],
            "; mine\n[a]\nk = 1\n; note\n\n[b]\n",
        ),
        (
            GO,
            "[a]\nt = `x\n[b]\n`\nu = \"\"\"1\"\"\"\nv = one\\\n  two\nw = 2\n",
            &["a.{t,v}"],
            "[a]\nu = \"\"\"1\"\"\"\nw = 2\n",
        ),
        (
            PYTHON,
            "[a]\nToken = x\n  y\n\n  # c\n  z\nnext = 1\n  more\n",
            &["a.token"],
            "[a]\nnext = 1\n  more\n",
        ),
        (
            PYTHON,
            "[a]\ns3 =\n  key = 1\nb = 2\n[b]\nt = 1\n",
            &["a.s3", "b.t"],
            "[a]\nb = 2\n[b]\n",
        ),
        (
            GIT,
            "[Credential \"https://H.example.test\"] Helper = x # y\n\tuserName = \"a;b\" ; z\n[http \"https://h/\"]\n\textraheader = AUTH: \\\n  more\n\tsslVerify\n",
            &[
                "\"credential.https://H.example.test\".helper",
                "\"http.*\".extraheader",
            ],
            "[Credential \"https://H.example.test\"]\n\tuserName = \"a;b\" ; z\n[http \"https://h/\"]\n\tsslVerify\n",
        ),
        (
            GIT,
            "[a]\n\tx = 1\n[b \"c\"]\n\ty = 2\n\n[d]\n",
            &["\"b.c\""],
            "[a]\n\tx = 1\n[d]\n",
        ),
        (
            MYSQL,
            "[client]\r\npassword=\"FAKE#1\" # c\r\nquick\r\n",
            &["*.password"],
            "[client]\r\nquick\r\n",
        ),
        (
            NPM,
            "registry=https://r/\n//r/:_authToken=FAKE\n; c\n//r/:username=x\n",
            &["//*/:_authToken"],
            "registry=https://r/\n; c\n//r/:username=x\n",
        ),
        (
            GO,
            "top = 1\n; atmos: expiration=2026-09-01T10:00:00Z\n[a]\nt = 1\n\n[b]\nt = 2\n",
            &["a"],
            "top = 1\n[b]\nt = 2\n",
        ),
        (PYTHON, "[a]\rt = 1\ru = 2\r", &["a.t"], "[a]\ru = 2\r"),
        (
            GO,
            "[a]\nt = 1\n[b]\nt = 2\nu = 3\n",
            &["a", "b.t"],
            "[b]\nu = 3\n",
        ),
    ]);
}

#[test]
fn ini_values_are_read_as_the_program_reads_them() {
    let cases = [
        (GO, "[a]\nt = \"x\"\n", "x"),
        (PYTHON, "[a]\nt = \"x\"\n", "\"x\""),
        (GO, "[a]\nt = `x;#`\n", "x;#"),
        (GO, "[a]\nt = `x\n", "`x"),
        (PYTHON, "[a]\nt = x ; y\n", "x ; y"),
        (PYTHON, "[a]\nT : x\n\n   y\n", "x\ny"),
        (GIT, "[A]\nT = x ; y\n", "x"),
        (GIT, "[A]\nT = \" x\\\"\" y  \n", " x\" y"),
        (GIT, "[A]\nT = x\\\ny\n", "xy"),
        (MYSQL, "[a]\nt = 'x#y' # z\n", "x#y"),
        (MYSQL, "[a]\nt = x\\sy\n", "x y"),
        (NPM, "[a]\nt = x\\;y;z\n", "x;y"),
        (NPM, "[a]\nt = \"x;\\n\"\n", "x;\n"),
        (NPM, "[a]\nt = ${X}\n", "${X}"),
    ];
    for (format, text, expected) in cases {
        assert_eq!(
            texts(format, text, "a.t"),
            [expected],
            "{format:?} {text:?}"
        );
    }
}

#[test]
fn netrc() {
    let text = "# top\nmachine one.example.test login a password FAKE-1 # c\nmachine two.example.test\n\tlogin b\n\tpassword \"FAKE \\\"2\"\nmacdef init\nmachine x login y\n\nmachine one.example.test login c password #FAKE-3 machine three password machine\ndefault login d password FAKE-4\n";
    assert_eq!(
        texts(Format::Netrc, text, "machine.*.password"),
        ["FAKE-1", "FAKE \"2", "#FAKE-3", "machine"]
    );
    assert_eq!(texts(Format::Netrc, text, "default.password"), ["FAKE-4"]);
    assert_eq!(
        texts(
            Format::Netrc,
            text,
            "machine.\"one.example.test\"[login=c].password"
        ),
        ["#FAKE-3"]
    );
    let without = |part: &str| text.replace(part, "");
    let cases: &[(&str, String)] = &[
        (
            "machine.\"one.example.test\"[login=a]",
            without("machine one.example.test login a password FAKE-1 # c\n"),
        ),
        (
            "machine.\"two.example.test\"",
            without("machine two.example.test\n\tlogin b\n\tpassword \"FAKE \\\"2\"\n"),
        ),
        (
            "machine.\"one.example.test\"[login=c]",
            without("machine one.example.test login c password #FAKE-3 "),
        ),
        ("machine.three", without(" machine three password machine")),
        ("default", without("default login d password FAKE-4\n")),
        ("default.password", without(" password FAKE-4")),
        ("machine.\"two.example.test\".login", without("\tlogin b\n")),
        ("macdef.init", without("macdef init\nmachine x login y\n")),
    ];
    for (pattern, after) in cases {
        assert_eq!(remove(Format::Netrc, text, &[pattern]), *after, "{pattern}");
        let crlf = text.replace('\n', "\r\n");
        let after = after.replace('\n', "\r\n");
        assert_eq!(remove(Format::Netrc, &crlf, &[pattern]), after, "{pattern}");
    }
    assert!(remove(Format::Netrc, text, &["machine.*", "default"]).starts_with("# top\nmacdef"));
    for text in [
        "machine",
        "machine x login",
        "macdef",
        "macdef x",
        "login",
        "\"",
        "machine \"x",
    ] {
        Format::Netrc.read(text.as_bytes()).unwrap();
    }
}

#[test]
fn properties() {
    let text = "# mine\n! too\nauth.token = FAKE-1\\\n   more\nk\\:e\\ y FAKE-2\r\nu=\\u0041\\t\\\\\nempty\norg.gradle.x: 1";
    let cases = [
        ("\"auth.token\"", "FAKE-1more"),
        ("\"k:e y\"", "FAKE-2"),
        ("u", "A\t\\"),
        ("empty", ""),
        ("\"org.gradle.x\"", "1"),
    ];
    for (pattern, expected) in cases {
        assert_eq!(texts(Format::Properties, text, pattern), [expected]);
    }
    assert_eq!(
        remove(Format::Properties, text, &["{auth*,k*}"]),
        "# mine\n! too\nu=\\u0041\\t\\\\\nempty\norg.gradle.x: 1"
    );
}

#[test]
fn lines() {
    let git = "# x\nhttps://a%40b:FAKE%201@h.example.test/p\nhttp://user@h2:80\n\nbad\n";
    let format = Format::Lines(LineRule::GitCredentials);
    assert_eq!(
        texts(format, git, "[host=h.*].{username,password,path}"),
        ["a@b", "FAKE 1", "p"]
    );
    assert_eq!(
        remove(format, git, &["[host=h.example.test]"]),
        "# x\nhttp://user@h2:80\n\nbad\n"
    );
    let pgpass = "# c:d:e:f:g\nh:*:db:u:FAKE\\:1\\\\\r\n\\::1:db:v:FAKE-2\r\nshort:1\n";
    let format = Format::Lines(LineRule::Pgpass);
    assert_eq!(texts(format, pgpass, "[].password"), ["FAKE:1\\", "FAKE-2"]);
    assert_eq!(
        remove(format, pgpass, &["[username=v]"]),
        "# c:d:e:f:g\nh:*:db:u:FAKE\\:1\\\\\r\nshort:1\n"
    );
    let keys = "# created: now\nAGE-SECRET-KEY-FAKE\n";
    let format = Format::Lines(LineRule::Text);
    assert_eq!(
        remove(format, keys, &["[=AGE-SECRET-KEY-*]"]),
        "# created: now\n"
    );
    assert!(select(format, keys, &["[=AGE*]"])[0].to_string() == "[#2]");
    // A line that is more than one setting is no line to go.
    for line in [
        "chatnets = { lib = { sasl_username = \"alice\"; sasl_password = \"FAKE\"; }; };\n",
        "user = alice; password = FAKE\n",
    ] {
        let paths = select(format, line, &["[=*FAKE*]"]);
        let outcome = removal(format, line, &paths);
        assert!(matches!(outcome, MemberRemoval::Refused(_)), "{line}");
    }
    assert_eq!(
        remove(format, "password = \"FAKE\";\nx\n", &["[=*FAKE*]"]),
        "x\n"
    );
    let paths = select(format, keys, &["[]"]);
    assert!(format.remove(keys.as_bytes(), &paths).unwrap().is_empty);
    let field = select(Format::Lines(LineRule::Pgpass), pgpass, &["[].password"]);
    let outcome = removal(Format::Lines(LineRule::Pgpass), pgpass, &field);
    assert!(matches!(outcome, MemberRemoval::Refused(_)));
}

#[test]
fn xml() {
    let text = "<?xml version=\"1.0\"?>\r\n<settings xmlns='x'>\r\n  <!-- mine -->\r\n  <servers>\r\n    <server>\r\n      <id>a&amp;b</id>\r\n      <password>FAKE&lt;1</password>\r\n    </server>\r\n    <server><id>c</id><password><![CDATA[FAKE-2]]></password></server>\r\n  </servers>\r\n</settings>\r\n";
    assert_eq!(
        texts(Format::Xml, text, "settings.servers.server[].password"),
        ["FAKE<1", "FAKE-2"]
    );
    let path = select(
        Format::Xml,
        text,
        &["settings.servers.server[id=\"a&b\"].password"],
    );
    assert_eq!(
        path[0].to_string(),
        "settings.servers.server[id=a&b].password"
    );
    check(&[
        (
            Format::Xml,
            "<a>\n  <s><id>x</id><t>1</t></s>\n  <s>\n    <t>2</t>\n  </s>\n</a>\n",
            &["a.s.t"],
            "<a>\n  <s><id>x</id></s>\n  <s>\n  </s>\n</a>\n",
        ),
        (
            Format::Xml,
            "<c><add key=\"u\" value=\"x\"/><add key='p' value = \"F&quot;\" /></c>",
            &["c.add[@key=p].@value"],
            "<c><add key=\"u\" value=\"x\"/><add key='p' /></c>",
        ),
        (
            Format::Xml,
            "<c><add key=\"u\"/><add key='p' value=\"F\" /></c>",
            &["c.add[@value=F]"],
            "<c><add key=\"u\"/></c>",
        ),
        (
            Format::Xml,
            "\u{feff}<a><b/>\n<b/>\n<c>1</c></a>",
            &["a.b"],
            "\u{feff}<a>\n<c>1</c></a>",
        ),
    ]);
    for text in [
        "<a>",
        "<a></b>",
        "</a>",
        "<a b></a>",
        "<a b=c/>",
        "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
        "<a",
    ] {
        let error = Format::Xml.read(text.as_bytes()).unwrap_err();
        assert!(matches!(error, EditError::NotUnderstood { .. }), "{text}");
    }
}

#[test]
fn pem() {
    let text = "note\n-----BEGIN PRIVATE KEY-----\nFAKE\n-----END PRIVATE KEY-----\n-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n-----BEGIN ARGO TUNNEL TOKEN-----\nFAKE\n-----END ARGO TUNNEL TOKEN-----";
    assert_eq!(
        remove(
            Format::Pem,
            text,
            &["[label=*PRIVATE KEY]", "[label=ARGO*]"]
        ),
        "note\n-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n"
    );
    let path = select(Format::Pem, text, &["[label=*PRIVATE KEY]"]);
    assert_eq!(path[0].to_string(), "[label=\"PRIVATE KEY\"]");
    assert!(select(Format::Pem, "-----BEGIN A-----\n-----END B-----\n", &["[]"]).is_empty());
}

#[test]
fn whole_files() {
    assert_eq!(texts(Format::Whole, " FAKE-1\n", ""), ["FAKE-1"]);
    let edited = Format::Whole
        .remove(b"FAKE-1\n", &[MemberPath::default()])
        .unwrap();
    assert!(edited.is_empty && edited.bytes.is_empty());
    let edited = Format::Json
        .remove(b"{}", &[MemberPath::default()])
        .unwrap();
    assert_eq!(
        (edited.outcomes, edited.bytes),
        (vec![MemberRemoval::Absent], b"{}".to_vec())
    );
}

#[test]
fn what_is_too_large_or_too_deep_is_refused() {
    let deep = [
        (Format::Json, "[".repeat(10_000)),
        (Format::Yaml, "[".repeat(10_000)),
        (Format::Toml, format!("a = {}", "[".repeat(10_000))),
        (Format::Toml, format!("a{} = 1", ".a".repeat(10_000))),
        (Format::Toml, format!("a = {}", "{a=".repeat(10_000))),
        (Format::Xml, "<a>".repeat(10_000)),
    ];
    for (format, text) in deep {
        assert!(format.read(text.as_bytes()).is_err(), "{format:?}");
    }
    for format in [Format::Yaml, Format::Netrc, Format::Properties] {
        let error = format.read(&vec![b' '; SIZE_LIMIT + 1]).unwrap_err();
        assert!(matches!(error, EditError::TooLarge { .. }));
    }
    let many = "[x]\n".repeat(MEMBER_LIMIT + 1);
    assert!(GO.read(many.as_bytes()).is_err());
}

/// The reader of XML passes over byte order marks without counting them.
#[test]
fn one_byte_order_mark_is_passed_over_and_a_second_is_refused() {
    let mark = "\u{feff}";
    for text in ["<>", "<a>x</a>", "", "x"] {
        let text = format!("{mark}{mark}{text}");
        assert!(Format::Xml.read(text.as_bytes()).is_err(), "{text:?}");
    }
    let text = format!("{mark}<a><b>x</b></a>");
    let after = remove(Format::Xml, &text, &["a.b"]);
    assert!(after.starts_with(mark) && !after.contains('x'), "{after:?}");
}
