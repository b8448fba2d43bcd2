//! Chains: roles behind permission sets, users and other roles, root sessions, and other ways in.

use std::collections::BTreeMap;

use adieu_testkit::Home;
use adieu_testkit::browser::{query_of, visit};
use adieu_testkit::server::{Answer, Request, Server};
use serde_json::{Value, json};

use crate::support::{adieu, with_person};

/// A portal's permission set and what may stand behind it.
const YAML: &str = "auth:
  realm: meridian
  providers:
    sso:
      kind: aws/iam-identity-center
      start_url: https://meridian.awsapps.com/start
      region: eu-central-1
    ci: { kind: github/oidc, region: eu-central-1, spec: { audience: sts.amazonaws.com } }
    idp: { kind: aws/saml, url: 'https://idp.example/app', region: eu-central-1 }
  identities:
    admin:
      kind: aws/permission-set
      via: { provider: sso }
      principal: { name: Admin, account: { id: '210000000001' } }
    deployer:
      kind: aws/assume-role
      via: { identity: admin }
      principal:
        assume_role: arn:aws:iam::210000000002:role/deployer
        external_id: quay-77
        duration: 2h
        session_name: 'ana in work'
        tags: { Team: blue }
    auditor:
      kind: aws/assume-role
      via: { identity: deployer }
      principal: { assume_role: 'arn:aws:iam::210000000002:role/auditor' }
    gov:
      kind: aws/assume-role
      via: { identity: admin }
      principal: { assume_role: 'arn:aws-us-gov:iam::210000000003:role/gov', region: eu-central-1 }
    guarded:
      kind: aws/assume-role
      via: { identity: admin }
      principal:
        assume_role: arn:aws:iam::210000000002:role/guarded
        mfa_serial: arn:aws:iam::210000000001:mfa/ana
    painter:
      kind: aws/user
      credentials: { region: eu-central-1, access_key_id: !env PAINTER_ID, secret_access_key: !env PAINTER_KEY }
    brush:
      kind: aws/assume-role
      via: { identity: painter }
      principal: { assume_role: 'arn:aws:iam::210000000002:role/brush', duration: 8h }
    root:
      kind: aws/assume-root
      via: { identity: painter }
      principal:
        target_principal: '210000000009'
        task_policy_arn: arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials
    ambient: { kind: aws/ambient, principal: { region: eu-central-1 } }
    robot:
      kind: aws/assume-role
      via: { provider: ci }
      principal: { assume_role: 'arn:aws:iam::210000000002:role/robot' }
    federated:
      kind: aws/assume-role
      via: { provider: idp }
      principal: { assume_role: 'arn:aws:iam::210000000002:role/dev' }
    walker:
      kind: aws/user
      credentials: { region: eu-central-1 }
";

fn home() -> Home {
    let home = Home::new();
    home.atmos_yaml(YAML);
    home
}

/// The fields of a form.
fn fields(request: &Request) -> BTreeMap<String, String> {
    request.form().into_iter().collect()
}

/// A portal, and an STS that gives each role its own keys.
fn server() -> Server {
    let server = Server::aws_portal();
    server.on_call("POST", "/", |request| {
        let form = fields(request);
        let action = &form["Action"];
        let arn = form.get("RoleArn").cloned().unwrap_or_default();
        if arn.contains("denied") {
            return refusal(403, "AccessDenied", "not authorized to perform: sts:AssumeRole");
        }
        let name = arn.rsplit('/').next().unwrap_or_default().to_owned();
        let user = format!(
            "<AssumedRoleUser><Arn>arn:aws:sts::1:assumed-role/{name}/x</Arn><AssumedRoleId>A:x</AssumedRoleId></AssumedRoleUser>"
        );
        Answer::status(200).header("Content-Type", "text/xml").body(format!(
            "<{action}Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><{action}Result><Credentials>\
             <AccessKeyId>ASIA{action}{name}</AccessKeyId><SecretAccessKey>FAKE</SecretAccessKey>\
             <SessionToken>FAKE-session</SessionToken><Expiration>2026-11-21T12:30:00Z</Expiration>\
             </Credentials>{user}</{action}Result></{action}Response>"
        ))
    });
    server
}

fn refusal(status: u16, code: &str, message: &str) -> Answer {
    Answer::status(status).header("Content-Type", "text/xml").body(format!(
        "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
    ))
}

/// What STS was asked.
fn calls(server: &Server) -> Vec<BTreeMap<String, String>> {
    let requests = server.requests();
    let of_sts = requests.iter().filter(|sent| sent.path == "/");
    of_sts.map(fields).collect()
}

fn credentials(home: &Home, folder: &str) -> String {
    home.read(format!(".config/atmos/meridian/aws/{folder}/credentials"))
}

#[test]
fn chain_is_signed_in_link_by_link_and_only_its_end_is_written() {
    let (home, server) = (home(), server());
    let output = adieu(&home, &server, "auth login auditor").run().success();
    assert!(output.stdout.contains("Account   210000000002"), "{output}");
    let calls = calls(&server);
    let [deployer, auditor] = calls.as_slice() else {
        panic!("{calls:?}");
    };
    assert_eq!(deployer["ExternalId"], "quay-77");
    assert_eq!(deployer["RoleSessionName"], "ana-in-work");
    assert_eq!(deployer["Tags.member.1.Key"], "Team");
    // Role keys that assume a role: an hour, whatever is wished.
    assert_eq!(deployer["DurationSeconds"], "3600");
    assert!(output.stderr.contains("lasts an hour at most"), "{output}");
    assert_eq!(auditor["RoleSessionName"], "atmos-auditor-1795249800");
    let file = credentials(&home, "sso");
    assert!(
        file.contains("[auditor]") && !file.contains("[deployer]") && !file.contains("[admin]")
    );
    let signed = server.requests();
    let last = signed.iter().rfind(|sent| sent.path == "/").unwrap();
    let signature = last.header("authorization").unwrap();
    assert!(
        signature.contains("Credential=ASIAAssumeRoledeployer/"),
        "{signature}"
    );
    assert!(signature.contains("/eu-central-1/sts/aws4_request"));
    // What is live is not asked for again.
    let before = server.requests().len();
    adieu(&home, &server, "auth login auditor").run().success();
    assert_eq!(server.requests().len(), before);
}

#[test]
fn user_signs_in_with_keys_of_variables_and_roles_stand_behind_it() {
    let (home, server) = (home(), server());
    let run = |words: &str| {
        adieu(&home, &server, words)
            .env("PAINTER_ID", "FAKEIDLONGLIVED")
            .env("PAINTER_KEY", "FAKE-key-of-painter")
            .run()
            .success()
    };
    run("auth login painter");
    let file = credentials(&home, "aws-user");
    assert!(
        file.contains("[painter]") && file.contains("ASIAGetSessionToken"),
        "{file}"
    );
    assert!(!file.contains("FAKE-key-of-painter"));
    run("auth login brush");
    run("auth login root");
    let calls = calls(&server);
    assert_eq!(calls[0]["DurationSeconds"], "43200");
    assert_eq!(
        calls[1]["DurationSeconds"], "28800",
        "a user's session is no role's"
    );
    assert_eq!(
        calls[2]["TaskPolicyArn.arn"],
        "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"
    );
    assert_eq!(calls[2]["DurationSeconds"], "900");
    // Roles behind an identity lie under its name.
    assert!(credentials(&home, "painter").contains("[brush]"));
}

#[test]
fn longer_sessions_than_a_role_allows_become_an_hour_and_are_said() {
    let (home, server) = (home(), server());
    server.on_call("POST", "/", |request| {
        let form = fields(request);
        if form["Action"] == "AssumeRole" && form["DurationSeconds"] != "3600" {
            return refusal(
                400,
                "ValidationError",
                "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
            );
        }
        let action = &form["Action"];
        Answer::status(200).body(format!(
            "<{action}Response><{action}Result><Credentials><AccessKeyId>ASIAfake1</AccessKeyId><SecretAccessKey>FAKE</SecretAccessKey><SessionToken>FAKE</SessionToken><Expiration>2026-11-21T12:30:00Z</Expiration></Credentials></{action}Result></{action}Response>"
        ))
    });
    let output = adieu(&home, &server, "auth login brush")
        .env("PAINTER_ID", "FAKEIDLONGLIVED")
        .env("PAINTER_KEY", "FAKE-key")
        .run()
        .success();
    assert!(
        output.stderr.contains("does not allow sessions of 28800 s"),
        "{output}"
    );
}

#[test]
fn what_only_a_person_knows_is_not_waited_for_without_one() {
    for (identity, said) in [
        (
            "guarded",
            "an MFA code for \"guarded\" is needed, and stdin is not a terminal",
        ),
        ("walker", "the code that the page shows is needed"),
        ("federated", "--saml-response-file was not given"),
        ("robot", "this is no GitHub workflow"),
        ("ambient", "it has no AWS keys"),
    ] {
        let (home, server) = (home(), server());
        let words = format!("auth login {identity} --webflow");
        let words = if identity == "walker" {
            words
        } else {
            format!("auth login {identity}")
        };
        let output = adieu(&home, &server, &words).run().code(1);
        assert!(output.stderr.contains(said), "{output}");
        assert!(!home.has(".config/atmos"));
    }
}

#[test]
fn environment_and_workflow_give_keys_too() {
    let (home, server) = (home(), server());
    let ambient = adieu(&home, &server, "auth login ambient -o json")
        .env("AWS_ACCESS_KEY_ID", "FAKEIDAMBIENT")
        .env("AWS_SECRET_ACCESS_KEY", "FAKE-key-of-ambient")
        .run()
        .success();
    assert_eq!(ambient.json()["signed_in"][0]["identity"], "ambient");
    assert!(
        !home.has(".config/atmos"),
        "they are the environment's to keep"
    );
    server.on_call("GET", "/idtoken", |request| {
        assert_eq!(
            request.header("authorization"),
            Some("Bearer FAKE-request-token")
        );
        assert!(
            request.query.contains("audience=sts.amazonaws.com"),
            "{}",
            request.query
        );
        Answer::json(200, &json!({"value": "FAKE-web-token"}))
    });
    adieu(&home, &server, "auth login robot")
        .env(
            "ACTIONS_ID_TOKEN_REQUEST_URL",
            format!("{}/idtoken?api-version=2", server.url()),
        )
        .env("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "FAKE-request-token")
        .run()
        .success();
    let call = calls(&server).pop().unwrap();
    assert_eq!(call["Action"], "AssumeRoleWithWebIdentity");
    assert_eq!(call["WebIdentityToken"], "FAKE-web-token");
    assert!(credentials(&home, "ci").contains("[robot]"));
}

#[test]
fn saml_answer_is_handed_over_in_a_file_or_a_pipe() {
    let xml = r#"<p:Response xmlns:p="p" xmlns:s="s"><s:Attribute Name="https://aws.amazon.com/SAML/Attributes/Role"><s:AttributeValue>arn:aws:iam::210000000002:saml-provider/idp,arn:aws:iam::210000000002:role/dev</s:AttributeValue></s:Attribute></p:Response>"#;
    let answer = base64(xml);
    let (home, server) = (home(), server());
    home.write("answer.txt", &answer);
    let file = home.join("answer.txt");
    adieu(&home, &server, "auth login federated --saml-response-file")
        .arg(file.as_os_str())
        .run()
        .success();
    let call = calls(&server).pop().unwrap();
    assert_eq!(
        call["PrincipalArn"],
        "arn:aws:iam::210000000002:saml-provider/idp"
    );
    assert_eq!(call["SAMLAssertion"], answer);
    adieu(
        &home,
        &server,
        "auth login federated --force --saml-response-file -",
    )
    .stdin(answer.clone())
    .run()
    .success();
    let other = base64(&xml.replace("role/dev", "role/other"));
    let output = adieu(
        &home,
        &server,
        "auth login federated --force --saml-response-file -",
    )
    .stdin(other)
    .run()
    .code(1);
    assert!(
        output
            .stderr
            .contains("but for arn:aws:iam::210000000002:role/other"),
        "{output}"
    );
}

fn base64(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}

#[test]
fn refusals_of_sts_are_said_as_what_they_are() {
    for (answer, said) in [
        (
            refusal(403, "AccessDenied", "no"),
            "the role's trust policy has to let this identity in",
        ),
        (
            refusal(403, "InvalidClientTokenId", "no"),
            "AWS does not know these keys",
        ),
        (
            refusal(403, "RegionDisabledException", "no"),
            "STS is switched off in this region",
        ),
        (
            refusal(403, "SignatureDoesNotMatch", "Signature expired")
                .header("Date", "Sat, 21 Nov 2026 08:10:00 GMT"),
            "the clock of this machine is 1200 s ahead",
        ),
    ] {
        let (home, server) = (home(), server());
        server.on("POST", "/", answer);
        let output = adieu(&home, &server, "auth login auditor").run().code(1);
        assert!(output.stderr.contains(said), "{output}");
    }
    let (home, server) = (home(), server());
    server.on("POST", "/", refusal(403, "InvalidClientTokenId", "no"));
    let output = adieu(&home, &server, "auth login gov").run().code(1);
    assert!(
        output
            .stderr
            .contains("the role is in partition aws-us-gov"),
        "{output}"
    );
}

#[test]
fn user_signs_in_in_a_browser_and_is_renewed_without_one() {
    let (home, server) = (home(), server());
    server.on_call("POST", "/v1/token", |request| {
        let proof = request.header("dpop").unwrap().split('.').count();
        assert_eq!(proof, 3);
        Answer::json(
            200,
            &json!({"accessToken": {"accessKeyId": "ASIAwalker", "secretAccessKey": "FAKE", "sessionToken": "FAKE"},
                "tokenType": "aws_sigv4", "expiresIn": 900, "refreshToken": "FAKE-refresh-next"}),
        )
    });
    let login = adieu(&home, &server, "auth login walker --no-browser");
    let (status, said) = with_person(&login, |url| {
        let query = query_of(url);
        assert_eq!(query["client_id"], "arn:aws:signin:::devtools/same-device");
        assert_eq!(query["code_challenge_method"], "SHA-256");
        let back = &query["redirect_uri"];
        visit(
            "GET",
            &format!("{back}?code=FAKE-code&state={}", query["state"]),
        );
    });
    assert_eq!(status, 0, "{said}");
    let kept: Value =
        serde_json::from_str(&home.read(".cache/atmos/aws-webflow/walker-meridian/refresh.json"))
            .unwrap();
    assert_eq!(kept["refreshToken"], "FAKE-refresh-next");
    assert_eq!(kept["expiresAt"], "2026-11-21T20:30:00Z");
    // Ten minutes later its keys are too old, and nobody is asked.
    adieu(&home, &server, "auth login walker")
        .env("ADIEU_TEST_CLOCK", "2026-11-21T08:41:00Z")
        .run()
        .success();
    let requests = server.requests();
    let body: Value = serde_json::from_slice(&requests.last().unwrap().body).unwrap();
    assert_eq!(body["grantType"], "refresh_token");
    assert_eq!(body["refreshToken"], "FAKE-refresh-next");
    assert!(credentials(&home, "aws-user").contains("ASIAwalker"));
}

#[test]
fn profile_of_the_aws_cli_is_signed_in_as_by_its_own_command() {
    use base64::Engine as _;
    let (home, server) = (Home::new(), server());
    home.write(
        ".aws/config",
        "# mine\n[profile con]\nregion = eu-west-1\n\n[profile keys]\naws_access_key_id = FAKE\n",
    );
    let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .encode(r#"{"sub":"arn:aws:iam::111122223333:user/alice"}"#);
    server.on_call("POST", "/v1/token", move |request| {
        let is_first = String::from_utf8_lossy(&request.body).contains("authorization_code");
        let id_token = is_first.then(|| format!("e30.{claims}.FAKE"));
        Answer::json(
            200,
            &json!({"accessToken": {"accessKeyId": "ASIAcon", "secretAccessKey": "FAKE", "sessionToken": "FAKE"},
                "tokenType": "aws_sigv4", "expiresIn": 900, "refreshToken": "FAKE-refresh", "idToken": id_token}),
        )
    });
    let login = adieu(&home, &server, "login con --webflow --no-browser");
    let (status, said) = with_person(&login, |url| {
        let query = query_of(url);
        let back = &query["redirect_uri"];
        visit(
            "GET",
            &format!("{back}?code=FAKE-code&state={}", query["state"]),
        );
    });
    assert_eq!(status, 0, "{said}");
    assert_eq!(
        home.read(".aws/config"),
        "# mine\n[profile con]\nlogin_session = arn:aws:iam::111122223333:user/alice\nregion = eu-west-1\n\n\
         [profile keys]\naws_access_key_id = FAKE\n"
    );
    // The name and the form are those of the AWS CLI.
    let file =
        ".aws/login/cache/5778c30d3fe8c123cb2ab0d5a82c81b6fdcedfb868a6625f6f5bf6f05a7f129b.json";
    let text = home.read(file);
    assert!(text.starts_with(r#"{"accessToken": {"accessKeyId": "ASIAcon", "secretAccessKey": "FAKE", "sessionToken": "FAKE", "accountId": "111122223333", "expiresAt": "2026-11-21T08:45:00Z"}, "tokenType": "aws_sigv4", "clientId": "arn:aws:signin:::devtools/same-device", "refreshToken": "FAKE-refresh", "idToken": "e30."#), "{text}");
    assert!(
        text.ends_with(r#"-----END EC PRIVATE KEY-----\n"}"#),
        "{text}"
    );
    let before = server.requests().len();
    adieu(&home, &server, "login con").run().success();
    assert_eq!(server.requests().len(), before, "its keys last");
    adieu(&home, &server, "login con")
        .env("ADIEU_TEST_CLOCK", "2026-11-21T08:41:00Z")
        .run()
        .success();
    assert_eq!(server.requests().len(), before + 1);
    assert!(
        home.read(file).contains(r#""idToken": "e30."#),
        "what an answer leaves out stays"
    );
    let output = adieu(&home, &server, "login keys --webflow").run().code(1);
    assert!(
        output.stderr.contains("it has `aws_access_key_id`"),
        "{output}"
    );
}
