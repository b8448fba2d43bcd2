//! Sessions of AWS IAM Identity Center portals: what is live is used, what can be renewed is renewed, and
//! only then a person is asked.
//!
//! A refresh token counts once, so it is used under the lock of the file that it stands in, which a
//! logout takes too: whoever waits for the lock finds what the other one has left.

use jiff::SignedDuration;

use super::client::{build_oidc, build_portal};
use super::endpoint::{Service, Variant};
use super::session_files::{LIMIT, Session, SessionFile, list_session_files};
use super::target::PortalTarget;
use super::{SPARE, SignIn, SignInError};
use crate::io::files::{Change, EditError, Edited, LockRule};
use crate::io::net::{Address, CallError, sdk_failure};
use crate::secret::Secret;

/// The files that a session is written to: the first of the AWS CLI's, and Atmos's, which is the last.
fn files_to_write<'f>(
    portal: &PortalTarget,
    files: &'f [SessionFile],
) -> impl Iterator<Item = &'f SessionFile> {
    let of_atmos = files.last().filter(|_| portal.is_of_atmos);
    files.first().into_iter().chain(of_atmos)
}

/// How long a token of a portal must last to be used as it is.
fn spare() -> SignedDuration {
    SignedDuration::try_from(SPARE).unwrap_or_default()
}

impl SignIn<'_> {
    /// A live session of a portal. `dead` is a token that its server does not accept any more, whatever
    /// the files say.
    pub(super) fn portal_session(
        &self,
        portal: &PortalTarget,
        dead: Option<&Secret>,
    ) -> Result<Session, SignInError> {
        let now = self.world.now();
        let is_dead = |session: &Session| {
            dead.is_some_and(|dead| dead.expose() == session.access_token.expose())
        };
        if let Some(session) = self
            .memory
            .session(portal)
            .filter(|session| !is_dead(session))
        {
            return Ok(session);
        }
        let files = list_session_files(self.world, portal);
        let mut found: Vec<(SessionFile, Session)> = Vec::new();
        for file in &files {
            let session = file.read(self.files, portal)?;
            found.extend(session.map(|session| (file.clone(), session)));
        }
        if !self.force {
            found.sort_by_key(|(_, session)| std::cmp::Reverse(session.expires_at));
            let is_long = |session: &Session| session.expires_at > now + spare();
            let live = found
                .iter()
                .find(|(_, session)| is_long(session) && !is_dead(session));
            if let Some((_, session)) = live {
                let session = session.clone();
                self.complete_files(portal, &files, &found, &session)?;
                return Ok(self.memory.keep(portal, session));
            }
            for (file, session) in &found {
                if session.renewal(now).is_some()
                    && let Some(session) = self.renew(portal, file, &files, session, dead)?
                {
                    return Ok(self.memory.keep(portal, session));
                }
            }
            let is_short = |session: &Session| session.expires_at > now && !is_dead(session);
            let short = found.iter().find(|(_, session)| is_short(session));
            if let Some((_, session)) = short {
                return Ok(self.memory.keep(portal, session.clone()));
            }
        }
        if !self.may_ask {
            return Err(SignInError::NeedsPerson {
                what: format!("\"{}\"", portal.name),
            });
        }
        let session = self.ask_for_session(portal)?;
        self.write_session(portal, &files, &session)?;
        // What is in no file any more would stay good with nobody knowing of it.
        let mut ended: Vec<&str> = vec![session.access_token.expose()];
        for (_, old) in &found {
            let token = old.access_token.expose();
            if old.expires_at > now && !is_dead(old) && !ended.contains(&token) {
                ended.push(token);
                if !self.end_portal_session(portal, old) {
                    self.person.note(&format!(
                        "the earlier session at \"{}\" could not be ended; it ends by itself",
                        portal.name
                    ));
                }
            }
        }
        Ok(self.memory.keep(portal, session))
    }

    /// Writes a session where the AWS CLI looks, and where Atmos looks.
    fn write_session(
        &self,
        portal: &PortalTarget,
        files: &[SessionFile],
        session: &Session,
    ) -> Result<(), SignInError> {
        for file in files_to_write(portal, files) {
            file.put(self.files, session)?;
        }
        Ok(())
    }

    /// A session that only one of the two programs knows is written for the other one too.
    fn complete_files(
        &self,
        portal: &PortalTarget,
        files: &[SessionFile],
        found: &[(SessionFile, Session)],
        live: &Session,
    ) -> Result<(), SignInError> {
        for file in files_to_write(portal, files) {
            let known = found.iter().find(|(known, _)| known.path == file.path);
            if known.is_none_or(|(_, known)| known.expires_at < live.expires_at) {
                let start_url = portal.start_url.clone();
                let live = live.clone();
                file.put(self.files, &Session { start_url, ..live })?;
            }
        }
        Ok(())
    }

    /// Renews a session under the lock of its file. `None` if the server does not know it any more, or
    /// somebody has signed out meanwhile: a file that is gone is not made again, and the new token is
    /// ended.
    fn renew(
        &self,
        portal: &PortalTarget,
        file: &SessionFile,
        files: &[SessionFile],
        seen: &Session,
        dead: Option<&Secret>,
    ) -> Result<Option<Session>, SignInError> {
        let mut outcome: Option<Result<Session, SignInError>> = None;
        let mut is_new = false;
        let change = &mut |bytes: &[u8]| {
            if let Some(Ok(session)) = &outcome {
                // The file was changed meanwhile by who takes no lock: what was renewed counts.
                return Ok(Change::Replace(file.render(session)));
            }
            let now = self.world.now();
            let present = Session::parse(bytes).filter(|session| portal.is_of(session));
            let present = present.unwrap_or_else(|| seen.clone());
            let is_dead = dead.is_some_and(|dead| dead.expose() == present.access_token.expose());
            if present.expires_at > now + spare() && !is_dead {
                outcome = Some(Ok(present));
                return Ok(Change::Keep);
            }
            match self.ask_for_renewal(portal, &present) {
                Ok(session) => {
                    let bytes = file.render(&session);
                    outcome = Some(Ok(session));
                    is_new = true;
                    Ok(Change::Replace(bytes))
                }
                Err(error) => {
                    outcome = Some(Err(error));
                    Ok(Change::Keep)
                }
            }
        };
        let edited = self.files.edit(&file.path, LockRule::None, LIMIT, change);
        let session = match outcome {
            None => return edited.map(|_| None).map_err(Into::into),
            Some(Err(error)) if is_refusal(&error) => return Ok(None),
            Some(Err(error)) => return Err(error),
            Some(Ok(session)) => session,
        };
        if !is_new {
            return Ok(Some(session));
        }
        match edited {
            Ok(Edited::Replaced | Edited::Unchanged | Edited::Created) => {}
            // Signed out while the server answered, or not to be written: nobody shall be left signed in.
            Ok(Edited::Absent | Edited::Removed) => {
                self.end_portal_session(portal, &session);
                return Ok(None);
            }
            Err(error) => {
                self.end_portal_session(portal, &session);
                return Err(error.into());
            }
        }
        // The other program's copy of it, unless a logout has taken it away.
        let old = seen.refresh_token.as_ref().map(Secret::expose);
        for other in files.iter().filter(|other| other.path != file.path) {
            let change = &mut |bytes: &[u8]| -> Result<Change, EditError> {
                let known = Session::parse(bytes);
                let is_copy = known.is_some_and(|known| {
                    known.refresh_token.as_ref().map(Secret::expose) == old
                        || known.expires_at < session.expires_at
                });
                Ok(if is_copy {
                    Change::Replace(other.render(&session))
                } else {
                    Change::Keep
                })
            };
            self.files
                .edit(&other.path, LockRule::None, LIMIT, change)?;
        }
        Ok(Some(session))
    }

    /// Asks for new tokens with a refresh token.
    fn ask_for_renewal(
        &self,
        portal: &PortalTarget,
        old: &Session,
    ) -> Result<Session, SignInError> {
        let Some((registration, refresh_token)) = old.renewal(self.world.now()) else {
            return Err(SignInError::NeedsPerson {
                what: format!("\"{}\"", portal.name),
            });
        };
        let address = self.oidc_address(portal)?;
        let secrets = [refresh_token, &registration.client_secret];
        let answer = self.network.run(address.host(), async |http| {
            let client = build_oidc(http, &address, &portal.region);
            let request = client
                .create_token()
                .grant_type("refresh_token")
                .client_id(&registration.client_id)
                .client_secret(registration.client_secret.expose())
                .refresh_token(refresh_token.expose());
            let answer = request.send().await;
            answer.map_err(|error| sdk_failure(&address, &error, &secrets))
        });
        let answer = answer.map_err(|source| self.oidc_failure(portal, source))?;
        let granted = self.to_session(
            portal,
            &address,
            answer.access_token(),
            answer.refresh_token(),
            answer.expires_in(),
        )?;
        Ok(Session {
            start_url: old.start_url.clone(),
            registration: old.registration.clone(),
            // An answer without a new one leaves the old one good.
            refresh_token: granted.refresh_token.or_else(|| old.refresh_token.clone()),
            ..granted
        })
    }

    /// The tokens of an answer, checked.
    pub(super) fn to_session(
        &self,
        portal: &PortalTarget,
        address: &Address,
        access_token: Option<&str>,
        refresh_token: Option<&str>,
        seconds: i32,
    ) -> Result<Session, SignInError> {
        let is_token = |text: &&str| {
            !text.is_empty() && text.len() <= 64 << 10 && text.bytes().all(|b| b.is_ascii_graphic())
        };
        let Some(access_token) = access_token.filter(is_token) else {
            let source = CallError::NotUnderstood {
                host: address.host().to_owned(),
                status: 200,
                problem: "there is no token in it",
            };
            return Err(self.oidc_failure(portal, source));
        };
        // Without an end an hour is assumed, as Atmos does.
        let seconds = if seconds > 0 { seconds.into() } else { 3600 };
        let end = self.world.now() + SignedDuration::from_secs(seconds);
        Ok(Session {
            start_url: portal.start_url.clone(),
            region: portal.region.clone(),
            access_token: Secret::new(access_token.to_owned()),
            expires_at: end,
            refresh_token: refresh_token
                .filter(is_token)
                .map(|token| Secret::new(token.to_owned())),
            registration: None,
        })
    }

    /// Where tokens of a portal are asked for.
    pub(super) fn oidc_address(&self, portal: &PortalTarget) -> Result<Address, SignInError> {
        self.portal_service(portal, Service::Oidc)
    }

    /// Where a portal's services answer.
    pub(super) fn portal_service(
        &self,
        portal: &PortalTarget,
        service: Service,
    ) -> Result<Address, SignInError> {
        let config = self.aws_config()?;
        let variant = Variant::of(self.world, &config).for_portal(&portal.start_url);
        let configured = portal.endpoint_url.as_deref();
        self.checked_address(service, &config, configured, &portal.region, variant)
    }

    /// Ends a session that nobody shall have; whether it has ended.
    fn end_portal_session(&self, portal: &PortalTarget, session: &Session) -> bool {
        let Ok(address) = self.portal_service(portal, Service::Portal) else {
            return false;
        };
        let ended = self.network.run(address.host(), async |http| {
            let client = build_portal(http, &address, &portal.region);
            let call = client.logout().access_token(session.access_token.expose());
            let ended = call.send().await;
            ended.map_err(|error| sdk_failure(&address, &error, &[&session.access_token]))
        });
        matches!(ended, Ok(_) | Err(CallError::Refused { status: 401, .. }))
    }

    /// A failure of SSO OIDC, with what is known to be behind it.
    pub(super) fn oidc_failure(&self, portal: &PortalTarget, source: CallError) -> SignInError {
        let hint = self.explain_clock().or_else(|| match &source {
            CallError::Refused { code, .. } if code == "InvalidGrantException" => Some(format!(
                "a portal answers in its own region only: check that \"{}\" is in {}",
                portal.name, portal.region
            )),
            CallError::Refused { code, .. }
                if code == "InvalidRequestException" || code == "InvalidClientException" =>
            {
                Some(format!(
                    "check the start page {} and its region {}",
                    portal.start_url, portal.region
                ))
            }
            CallError::Refused { status: 429, .. } => {
                Some("the server is asked too often; wait a minute".to_owned())
            }
            CallError::Unreachable { .. } | CallError::TimedOut { .. } => Some(format!(
                "check the network, and the region {}",
                portal.region
            )),
            _ => None,
        });
        SignInError::Call {
            what: format!("signing in at \"{}\"", portal.name),
            source: Box::new(source),
            hint,
        }
    }

    /// Whether this machine's clock is off by so much that servers refuse what is good.
    pub(super) fn explain_clock(&self) -> Option<String> {
        let ahead = self.network.server_time().seconds_ahead(self.world.now())?;
        let direction = if ahead > 0 { "ahead of" } else { "behind" };
        (ahead.abs() > CLOCK_TOLERANCE).then(|| {
            format!(
                "the clock of this machine is {} s {direction} the server's: set it right",
                ahead.abs()
            )
        })
    }
}

/// Seconds by which a clock may be off without a word.
const CLOCK_TOLERANCE: i64 = 60;

/// Whether a server says that a session cannot be renewed any more: then a person is asked.
fn is_refusal(error: &SignInError) -> bool {
    match error {
        SignInError::NeedsPerson { .. } => true,
        SignInError::Call { source, .. } => {
            matches!(&**source, CallError::Refused { status, .. } if (400..429).contains(status))
        }
        _ => false,
    }
}
