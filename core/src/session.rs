//! A run of adieu from beginning to end: what is configured and what is on the machine, a name to what
//! it means, a plan, and carrying it out.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use crate::approve::{Answers, Approved, Unanswered, approve_plan};
use crate::atmos::config::{self, Configuration, ConfigurationRequest};
use crate::atmos::identity_graph::IdentityGraph;
use crate::audit::{self, AuditError};
use crate::catalogue::own::OwnCatalogue;
use crate::discover::{self, DiscoverySources, add_profiles, discover_sign_ins};
use crate::execute::{Tools, execute_plan, find_refusal};
use crate::ignored::Ignored;
use crate::inventory::{Inventory, Problem};
use crate::io::files::{FileError, Files};
use crate::io::keyring::Keyring;
use crate::io::net::Cancel;
use crate::login::aws::{Memory, Person, SignIn, Wishes};
use crate::online::TokenChecker;
use crate::pending;
use crate::plan::{self, Action, Plan, Request, Step, Target};
use crate::remote::TrustedHost;
use crate::report::{Report, Status, build_status};
use crate::residue;
use crate::resolve::{self, Unresolved};
use crate::system::System;
use crate::systems::discovery::DiscoveryScope;
use crate::systems::salesforce::OrgAccessToken;
use crate::verify::verify_logout;
use crate::world::World;

/// A machine with everything that it takes to log out on it.
pub struct Adieu {
    /// Everything from outside: environment, home, time.
    pub world: World,
    /// The door to the disk.
    pub files: Arc<Files>,
    /// What `atmos.yaml` says.
    pub configuration: Configuration,
    /// Who is configured.
    pub identity_graph: IdentityGraph,
    /// The key stores that sign-ins may be in.
    pub keyrings: Vec<Box<dyn Keyring>>,
    /// What the person added to the catalogue.
    pub own_catalogue: OwnCatalogue,
    /// Files that look like sign-ins and that the person said are none.
    pub ignored: Ignored,
}

/// How far a command looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// At what `atmos.yaml` configures.
    Configured,
    /// At the whole machine.
    Machine,
}

/// What a name means.
#[derive(Debug)]
pub struct Resolved {
    /// What to log out of.
    pub target: Target,
    /// What was found on the machine, where that had to be looked at to tell: for [`Adieu::plan`], so
    /// that nothing is read twice.
    pub seen: Option<Inventory>,
}

/// A plan with what it was made from.
#[derive(Debug)]
pub struct Prepared {
    /// What would be done, and what has to be agreed to first.
    pub plan: Plan,
    /// What was found.
    pub inventory: Inventory,
    /// Sign-ins under the same names that are another configuration's, in one sentence.
    pub elsewhere: Option<Problem>,
    reach: DiscoveryScope,
}

/// A plan that was agreed to, with what it was made from.
#[derive(Debug)]
pub struct ApprovedLogout {
    approved: Approved<Plan>,
    inventory: Inventory,
    elsewhere: Option<Problem>,
    reach: DiscoveryScope,
}

/// How a plan is carried out.
#[derive(Clone, Copy, Debug)]
pub struct Conduct<'a> {
    /// How long each server call may take.
    pub time_limit: Duration,
    /// Whether a partial result is a failure.
    pub strict: bool,
    /// Whether servers are asked afterwards if they refuse what they ended.
    pub online: bool,
    /// The command line, for the audit trail; no secret.
    pub command: &'a [String],
    /// The user id of this process, for the audit trail, where there are such.
    pub user_id: Option<u32>,
    /// What stops the waiting for servers.
    pub cancel: &'a Cancel,
}

/// What became of a plan.
#[derive(Debug)]
pub struct Applied {
    /// The report.
    pub report: Report,
    /// Why the run is not, or not wholly, in the audit trail.
    pub unrecorded: Vec<AuditError>,
    /// Why what was not ended at its server is not remembered.
    pub forgotten: Option<FileError>,
}

impl Adieu {
    /// Reads the configuration of a machine. It never fails as a whole: what is broken in it is left
    /// out, and [`Configuration::diagnostics`] say so. `can_ask`: whether somebody is there to unlock a
    /// key store.
    pub fn open(world: World, request: &ConfigurationRequest, can_ask: bool) -> Self {
        let configuration = config::load_configuration(&world, request);
        let identity_graph = crate::atmos::build_identity_graph(&configuration.auth);
        let files = Arc::new(Files::new(&world));
        let keyrings =
            crate::atmos::key_stores(&world, &files, &configuration.auth.keyring, can_ask);
        let own_catalogue = OwnCatalogue::load(&world, &files);
        let ignored = Ignored::load(&world, &files);
        Self {
            world,
            files,
            configuration,
            identity_graph,
            keyrings,
            own_catalogue,
            ignored,
        }
    }

    /// The same, where no symbolic link is followed, not even one of the person's own inside the home.
    #[must_use]
    pub fn without_links(self, can_ask: bool) -> Self {
        let files = Arc::new(Files::new(&self.world).without_links());
        let settings = &self.configuration.auth.keyring;
        let keyrings = crate::atmos::key_stores(&self.world, &files, settings, can_ask);
        Self {
            files,
            keyrings,
            ..self
        }
    }

    /// Begins to sign in to AWS: as whom is said later. `allowed` are hosts that secrets may go to
    /// although only a configuration names them.
    pub fn sign_in<'a>(
        &'a self,
        person: &'a dyn Person,
        allowed: &'a [TrustedHost],
        cancel: &Cancel,
    ) -> SignIn<'a> {
        SignIn {
            world: &self.world,
            files: &self.files,
            configuration: &self.configuration,
            identity_graph: &self.identity_graph,
            keyrings: &self.keyrings,
            network: SignIn::network(&self.world, &self.files).with_cancel(cancel.clone()),
            allowed,
            person,
            may_ask: true,
            force: false,
            wishes: Wishes::default(),
            memory: Memory::default(),
            profile: None,
        }
    }

    /// The machine as the stages take it.
    pub fn sources(&self) -> DiscoverySources<'_> {
        DiscoverySources {
            world: &self.world,
            files: &self.files,
            keyrings: &self.keyrings,
            configuration: &self.configuration,
            identity_graph: &self.identity_graph,
            own_catalogue: &self.own_catalogue,
            ignored: &self.ignored,
        }
    }

    /// Tells who is signed in, what keeps it so, and whether the machine is clean. It only reads.
    pub fn status(&self, scope: Scope) -> Status {
        let reach = match scope {
            Scope::Machine => DiscoveryScope::Machine,
            Scope::Configured => DiscoveryScope::Configured,
        };
        let mut inventory = discover_sign_ins(&self.sources(), reach);
        add_profiles(&self.sources(), reach, &mut inventory);
        discover::note_files(&self.sources(), &mut inventory);
        build_status(&inventory, &self.identity_graph, true)
    }

    /// Finds what a name means: an identity, an alias, `realm/name`, `system:name`, an account, a system
    /// that keeps accounts of its own, or a sign-in that no configuration knows.
    ///
    /// # Errors
    ///
    /// [`Unresolved`] if nothing, or more than one thing, has the name.
    pub fn resolve(&self, typed: &str, scope: Scope) -> Result<Resolved, Unresolved> {
        let is_whole_machine = scope == Scope::Machine;
        let realms = config::candidate_realms(&self.world, &self.configuration);
        let configured =
            resolve::resolve_configured(typed, &self.identity_graph, &realms, is_whole_machine)?;
        if let Some(target) = configured {
            return Ok(Resolved { target, seen: None });
        }
        let inventory = discover_sign_ins(&self.sources(), DiscoveryScope::Machine);
        let target = resolve::resolve_found(typed, &self.identity_graph, &inventory)?;
        // Out of the configuration only a realm before a name leads.
        if !is_whole_machine && !matches!(target, Target::Found(_)) {
            return Err(Unresolved::unknown(typed));
        }
        // An identity of the configuration is looked at without the rest of the machine.
        let seen = (reach_of(&target) == DiscoveryScope::Machine).then_some(inventory);
        Ok(Resolved { target, seen })
    }

    /// Plans a logout. It only reads; `seen` is what [`Adieu::resolve`] had to look at already.
    pub fn plan(&self, request: Request, seen: Option<Inventory>) -> Prepared {
        let reach = reach_of(&request.target);
        let mut inventory = seen.unwrap_or_else(|| discover_sign_ins(&self.sources(), reach));
        if request.filter.older_than.is_some() {
            discover::note_files(&self.sources(), &mut inventory);
        }
        let plan = plan::build_from_inventory(&inventory, &self.identity_graph, request);
        let elsewhere = match reach {
            DiscoveryScope::Configured => {
                let mut others = discover::in_other_realms(&self.sources());
                others.extend(inventory.elsewhere.iter().cloned());
                plan::in_other_realms(&others, &plan)
            }
            DiscoveryScope::Machine | DiscoveryScope::OtherRealms => None,
        };
        Prepared {
            plan,
            inventory,
            elsewhere,
            reach,
        }
    }

    /// Carries out a plan: tells the servers, removes what is here, looks again, remembers what was not
    /// ended, and records it all in the audit trail. `judge` says the exit status of the report.
    pub fn apply(
        &self,
        logout: ApprovedLogout,
        conduct: &Conduct<'_>,
        judge: impl Fn(&Report) -> u8,
    ) -> Applied {
        let ApprovedLogout {
            approved,
            mut inventory,
            elsewhere,
            reach,
        } = logout;
        let (world, files) = (&self.world, self.files.as_ref());
        conduct.cancel.begin_work();
        let run = audit::Run {
            command: conduct.command,
            uid: conduct.user_id,
        };
        let mut unrecorded = Vec::new();
        if approved.get().steps.iter().any(Step::acts) {
            unrecorded.extend(audit::note_beginning(world, files, approved.get(), run).err());
        }
        let access_tokens = if conduct.online {
            self.access_tokens(approved.get())
        } else {
            Vec::new()
        };
        let marks = pending::Marks::take(world, files, &inventory);
        let begun = pending::record_plan(world, files, &inventory, approved.get(), &marks);
        let tools = Tools {
            world,
            files,
            keyrings: &self.keyrings,
            inventory: &inventory,
            time_limit: conduct.time_limit,
            cancel: conduct.cancel,
        };
        let needles = residue::take(world, files, &inventory, approved.get());
        let executed = execute_plan(&approved, &tools);
        let done = residue::Done {
            inventory: &inventory,
            plan: approved.get(),
            outcomes: &executed.outcomes,
        };
        let left = residue::search(world, files, done, &needles);
        drop(needles);
        if !conduct.online {
            // Nobody is asked any more, so nothing needs them.
            inventory.forget_secrets();
        }
        let (mut verified, found) =
            verify_logout(&self.sources(), approved.get(), &executed.outcomes, reach);
        verified.note_residue(approved.get(), left);
        if conduct.online && !executed.interrupted {
            let asker = TokenChecker {
                world,
                files,
                time_limit: conduct.time_limit,
                allowed_hosts: approved.allowed_hosts(),
                cancel: conduct.cancel,
            };
            let outcomes = &executed.outcomes;
            verified.asked = asker.ask_again(&inventory, approved.get(), outcomes, access_tokens);
        }
        inventory.forget_secrets();
        let mut report = Report::executed(
            &inventory,
            approved.into_inner(),
            executed.outcomes,
            verified,
            merge_problems(&inventory, found),
            executed.interrupted,
            conduct.strict,
        );
        let settled = pending::settle_entries(world, files, &marks, &report);
        report.exit_status = judge(&report);
        unrecorded.extend(audit::append_logout(world, files, &report, run).err());
        report.elsewhere.extend(elsewhere);
        Applied {
            report,
            unrecorded,
            forgotten: begun.and(settled).err(),
        }
    }

    /// Access tokens of orgs whose authorization is to end, to ask with when it has.
    fn access_tokens(&self, plan: &Plan) -> Vec<OrgAccessToken> {
        let ends = plan.steps.iter().flat_map(|step| match &step.deed {
            Action::Revoke { served, .. } if step.system == System::SALESFORCE => {
                step.identity.iter().chain(served).collect()
            }
            _ => Vec::new(),
        });
        let users: BTreeSet<&str> = ends.map(String::as_str).collect();
        if users.is_empty() {
            return Vec::new();
        }
        let (orgs, _) = discover::find_orgs(&self.sources());
        let of_users = orgs
            .found
            .iter()
            .filter(|org| users.contains(org.auth.username.as_str()));
        let tokens = of_users.filter_map(|org| OrgAccessToken::of(&orgs, &org.auth));
        tokens.collect()
    }
}

impl Prepared {
    /// The report of what would be done, for a dry run.
    pub fn preview(self, world: &World, files: &Files) -> Report {
        let search_places = residue::places(world, files, &self.plan);
        let problems = self.inventory.problems.clone();
        let mut report =
            Report::preview(&self.inventory, self.plan, problems, |plan, revocation| {
                find_refusal(world, plan, revocation)
            });
        report.elsewhere.extend(self.elsewhere);
        report.search_places = search_places;
        report
    }

    /// Agrees to the plan.
    ///
    /// # Errors
    ///
    /// [`Unanswered`] if a question that needs a yes has none; then nothing was changed.
    pub fn approve(self, answers: &Answers) -> Result<ApprovedLogout, Unanswered> {
        Ok(ApprovedLogout {
            approved: approve_plan(self.plan, answers)?,
            inventory: self.inventory,
            elsewhere: self.elsewhere,
            reach: self.reach,
        })
    }
}

impl ApprovedLogout {
    /// What was agreed to.
    pub const fn plan(&self) -> &Plan {
        self.approved.get()
    }
}

/// How far has to be looked for what is meant.
fn reach_of(target: &Target) -> DiscoveryScope {
    let is_machine = |part: &Target| reach_of_part(part) == DiscoveryScope::Machine;
    if target.parts().iter().any(is_machine) {
        DiscoveryScope::Machine
    } else {
        DiscoveryScope::Configured
    }
}

const fn reach_of_part(target: &Target) -> DiscoveryScope {
    match target {
        Target::Machine
        | Target::Found(_)
        | Target::Accounts { .. }
        | Target::System {
            everywhere: true, ..
        } => DiscoveryScope::Machine,
        _ => DiscoveryScope::Configured,
    }
}

/// The problems of both looks; of one place only the first.
fn merge_problems(inventory: &Inventory, found: Vec<Problem>) -> Vec<Problem> {
    let mut problems = inventory.problems.clone();
    for problem in found {
        let mut known = problems.iter();
        if !known.any(|known| known.location == problem.location) {
            problems.push(problem);
        }
    }
    problems
}
