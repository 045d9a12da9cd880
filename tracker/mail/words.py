"""English words that begin an item and are nobody's name, and those that make a group of people; pure."""

import re
from functools import lru_cache

VERBS = frozenset(
    """
    accept act add address adjust adopt agree align allow amend analyse analyze announce answer appear apply
    approve bind arrange ask assess assign attempt attend audit avoid backport backports begin benchmark block book
    bring build bump buy call capture carry catch change chase check choose clarify clean cleanup clear close
    collect combine come communicate compare complete confirm connect consider consolidate contact continue
    contribute convert coordinate copy correct cover create cut deal debug decide declare decrease define delete
    deliver deploy deprecate describe design determine develop discuss distribute do document donate doublecheck
    draft drain draw drive drop edit eliminate email enable encourage end enhance ensure escalate establish
    estimate evaluate examine expand expect explain explore export expose extend extract fetch figure file fill
    finalize finalise find finish fix flesh focus follow forbid force forget form formalize forward freeze gather
    generate get give go groom guide hack hand handle have hear help hold host identify implement import improve
    include increase inform initiate inspect install integrate introduce investigate invite involve issue iterate
    join keep kick know land launch lead learn leave let link list listen look lower maintain make mark mark
    master meet mention merge migrate minimize monitor move must name need negotiate nominate notify obtain offer
    open optimize order organise organize own pair parse pass patch pick ping plan play point poll port post
    postpone prefer prepare present prevent prioritise prioritize probe produce promote propose prototype prove
    provide publicise publicize publish pull push put raise reach read rebase recheck recommend reconsider record
    recruit redesign redo reduce refactor refer refine refuse register reject release relocate remember remind
    remove rename reopen reorganise reorganize repair repeat replace reply report request require research reserve
    reset resolve respond restart restore restructure resume resurrect retest retire return reuse revert review
    revise revisit revive rewrite run save schedule scope see seek select send separate set settle setup share
    ship show sign simplify sit solve sort spec speak specify speed spin split spread squash stage standardise
    standardize start stay stick stop store straighten strip study submit suggest summarise summarize support
    survey switch sync take talk target teach tell test think tidy track train translate triage try turn unify
    tune update upgrade upload use validate verify visit vote wait walk want warn watch wish work wrap write
    """.split()
)
"""Verbs that an item without owner begins with."""

NOUNS = frozenset(
    """
    ability access accounts actions agenda aim agents alias aliases answers apis approach archive area backlog
    backup bits blog blueprint blueprints board bot bots bounty branch branches bug bugs builds cache calls case
    cases channel charts checklist checks chance ci class cleanup client clients cloud clouds code comments
    commits concerns config configuration consensus container containers content contracts conversation copies
    core coverage cycle dashboard data database date dates deadline decision default defaults dependency
    deprecation details devstack discussion discussions docs document documentation documents draft driver drivers
    effort efforts emails endpoint endpoints enhancement error errors etherpad etherpads event events example
    examples exception failure failures feature features feedback field fields files flags folks forum framework
    freeze functionality future gap gaps gate gates goal goals guide guides host hosts hook idea ideas image
    images info information infrastructure inputs instances instructions interfaces interop intent item items job
    jobs key keys kickoff lack last layout level libraries library limit links list lists log logs mail mails
    mailing maintenance manual master meeting meetings meetup message messages metadata migration migrations
    milestone milestones mirror mirrors mode models module modules motivation names network networks next node
    nodes note notes notifications objective objects old one ones option options outcome output outreach owner
    owners packages page pages pad pads part parts patches path paths permission permissions pipeline place plans
    plugin plugins podcast point pointers points policies policy poller portal possibility post posts pressure
    priority problem problems process processes progress project projects proposal proposals prototype python
    question questions queue quota quotas recording recordings references refactoring regression releases reminder
    repo repos repository repositories requirement requirements resource resources rest results retrospective
    reviews risk roadmap roles room rooms rule rules scenario scenarios schema schemas script scripts server
    servers service services session sessions sites slides software solution someone something sources spec specs
    specification specifications sprint sprints stable stackalytics statement stats status step steps storage
    stories story strategy summary support surveys system systems tables tags task tasks tempest template
    templates tenant tests testing text things thought thoughts thread threads ticket tickets time timeline
    timeout timelines tool tooling tools top topic topics traces tracking training translations tutorial type
    types understanding upgrades usage usecase use users value values variables version versions video videos view
    views volumes week weeks weekly wiki wikis wording words workaround workflow workflows workshop zone zones
    volunteer volunteers api apis cli ui db rpc sdk rfe rfes ptg tls ssl http https sql ovs ovn dns vm vms ha lts
    eol osc pr prs gui url urls iaas cd lib libs stuff way ways
    zuul jenkins gerrit nodepool storyboard launchpad github gitlab gitea devstack grenade hacking tox pytest bandit
    elastic-recheck logstash grafana prometheus ansible puppet docker podman kubernetes libvirt qemu rabbitmq mysql
    mariadb postgres postgresql sqlite redis etcd memcached haproxy nginx apache systemd debian ubuntu centos fedora
    windows linux
    agreement alert alerts announcement application applications architecture article artifacts attributes audits
    authentication authorization backend backends bandwidth baseline behavior behaviour benefits bindings booth
    budget bugfix bugfixes bundle button calendar callback callbacks candidate candidates capacity category
    certificate certificates changelog chapter chapters charter command commands community companies company
    comparison compatibility component components concept condition conference conflict conflicts connection
    connections constraint constraints consumer consumers context convention conventions cost costs credentials
    criteria customer customers daemon deliverable deliverables demo demos deployer deployers deployment
    deployments device devices diagram diagrams difference differences directory disk disks distro distros
    distribution distributions domain domains download downloads duplicates element elements engine entry entries
    environment environments expectations experience expert experts extension extensions fallback faq fault faults
    federation filter filters firmware fixture fixtures flavor flavors flow folder footer fork forks format
    formats function functions gateway graph graphs guideline guidelines hardware header headers hint hints
    history hypervisor hypervisors identity impact incident index input installation installer installers interest
    interns introduction inventory invitation invitations kernel lab label labels language languages latency
    lesson lessons letter license licenses linter load locks logic login loop machine machines manager managers
    mapping mappings matrix measurement measurements mechanism members memory mentor mentors menu metric metrics
    minutes mistakes mock mocks model namespace namespaces newcomers number numbers object operation operations
    operator operators organisation organisations organization organizations overhead overview panel paper
    parameter parameters parser participants partner partners password passwords pattern patterns performance
    period phase picture pictures piece placement platform platforms podcasts pools ports position practice
    presentation presentations principle privilege procedure procedures profile profiles program property
    properties protocol protocols provider providers proxy publication quality query queries race races rack racks
    range rate reader readers reason recommendation records redirect reference region regions registry relation
    response responses result retries retry rollout rota rotation router routers sample samples scheduler
    schedulers screenshot screenshots search secret secrets section sections security selection sentence series
    setting settings shares shelf signature site size slide slot slots snapshot snapshots socket space speaker
    speakers sponsor sponsors staff standard standards state states statistics sticker stickers string structure
    student students style subject subnet subnets subproject subprojects subteams success suggestion suggestions
    suite syntax table talks tarball tarballs technology telemetry term terms testbed theme token tokens traffic
    transaction transcript transfer transition translator translators transport travel tree trigger triggers unit
    units utility validator validators variant variants vendor venue vips visibility votes warning warnings
    weakness webinar webpage website websites whiteboard worker workers workload workloads wrapper wrappers year
    years ipv4 ipv6 py2 py3 py27 py34 py35 py36 py37 py38 python2 python3 k8s s3 x86 x86_64 arm64 aarch64 bexar
    cactus diablo essex folsom grizzly havana icehouse juno kilo liberty mitaka newton ocata pike queens rocky
    stein ussuri wallaby xena yoga zed bobcat caracal dalmatian epoxy flamingo
    """.split()
)
"""Things that something is said of in the place where a name may stand."""

OTHERS = frozenset(
    """
    a about above after again against ahead all almost along already also although always an and another any
    anybody anyone anything are as at attention be because before being below better between both but by can
    careful cannot could currently difficult done during each early easier easy either else enough even eventually
    every everything few fewer final finally first following for former from full further good great half happy
    hard he her hers here high him his hopefully how however if important in initial inside instead into it its
    itself just large largely late later latter less likely little long lots low main many max maybe mine minor
    more moreover most mostly much near nearly necessary never new no nobody none nor not nothing now of off often
    on once only optional or other others otherwise our ours out over own per perhaps please possible possibly
    potential potentially previous probably proper quick rather ready real really same second several she should
    similar simple since small so some somebody somehow someone sometime sometimes soon still such sure that the
    their them then there therefore these they third this those three through thus till to today together tomorrow
    too towards two four five six seven eight nine ten under unless until up upon us various very via was we well
    were what when where whether which while who whoever whole whom whose why will with within without work would
    yes yet you your monday tuesday wednesday thursday friday saturday sunday january february march april june
    july august september october november december tbd tba n/a na wip todo done fixme note notes nb ps fyi btw
    imo eg ie etc q a+ yes no ok summary topic topics agreed decision decisions conclusion outcome info idea link
    links action actions help example anyway basically additionally ideally originally apparently meanwhile namely
    overall assuming based depending according regarding concerning including given stretch urgent critical
    blocker blocked stalled pending ongoing carried carryover trivial deferred postponed new-ish nice must-have
    short-term long-term high medium may might shall should ought rest unassigned unknown afterwards beforehand
    anyhow meantime regardless worth eventual late-breaking
    """.split()
)
"""What else begins a sentence."""

QUANTITIES = frozenset(
    "a an another any couple every few five four more many most nine no number one other others several seven six"
    " some ten three two additional enough extra interested new different volunteer various".split()
)
"""What makes a group of people a number of them, whom nobody has named yet."""

GROUP_NOUNS = frozenset(
    """
    team teams folks folk reviewers reviewer cores core group groups people members drivers maintainers maintainer
    contributors developers devs operators admins liaison liaisons ptl ptls sig wg squad crew owners committee
    subteam guys leads lead champions chairs authors packagers vendors engineers testers users board council
    """.split()
)
"""What a group of people ends in."""

LONE_GROUPS = frozenset(
    "all everyone everybody cores reviewers ptl ptls tc uc committers drivers maintainers stackers".split()
)
"""Groups that stand for themselves; others, as `people` and `contributors`, say nothing without another word."""

PROJECTS = frozenset(
    """
    adjutant airship aodh barbican bifrost blazar castellan ceilometer cinder cloudkitty congress cyborg designate
    devstack freezer glance gnocchi heat horizon ironic kayobe keystone kolla kuryr loci magnum manila masakari
    mistral monasca murano neutron nova octavia oslo panko placement qinling rally sahara searchlight senlin skyline
    solum starlingx storlets sunbeam swift tacker tempest tripleo trove venus vitrage watcher zaqar zun
    """.split()
)
"""Names of OpenStack's projects, where a person or a release might be named (source: governance.openstack.org)."""

PARTICLES = frozenset(
    "e y van von der den de da del della di du la le al el bin ibn ter ten dos das zu af av".split()
)
"""Small words inside a person's name."""

# Names of people that end as nouns do.
_NAMES = frozenset(
    "charity clarence clement cl\u00e9ment constance davies felicity fleming florence golding harding laurence"
    " lawrence manning menzies sterling terence trinity browning dowling winship emily kelly billy sally molly carly"
    " kimberly beverly willy wally nelly".split()
)
_PINYIN = re.compile(
    r"(?:(?:[bpmfdtnlgkhjqxrzcsyw]|[zcs]h)?(?:[aeo]|ai|ei|ao|ou|an|en|ang|eng|ong|i[ae]?|iao|iu|ian|in|iang|iong"
    r"|u[aoie]?|uai|uan|un|uang|ue)){0,2}(?:[bpmdtnljqxy]|)ing",
)

_ENDINGS = (
    "ing", "tion", "tions", "sion", "sions", "ment", "ments", "ness", "ity", "ities", "ance", "ence", "ship", "ies",
    "ology", "ization", "isation",
)  # fmt: skip
_SHORTEST = 6


@lru_cache(maxsize=20_000)
def is_word(word: str) -> bool:
    """Tell whether an English word stands where a name might; a hyphenated one when all of its parts do."""
    lower = word.casefold().strip("'\u2019.,;:!?\"")
    if "-" in lower:
        return all(is_word(part) for part in lower.split("-") if part)
    if lower in VERBS or lower in NOUNS or lower in OTHERS:
        return True
    if len(lower) >= _SHORTEST and (lower.endswith(_ENDINGS) or (word.islower() and lower.endswith("ly"))):
        return not (lower in _NAMES or _is_chinese_name(lower))
    # Plurals of what is in the lists: `migrations`.
    return lower.endswith("s") and (lower[:-1] in NOUNS or lower[:-1] in VERBS)


def _is_chinese_name(lower: str) -> bool:
    """Tell `Wenping` from `mapping`: syllables of Pinyin, and no form of a verb or a thing."""
    if not _PINYIN.fullmatch(lower):
        return False
    stem = lower.removesuffix("ing")
    return not any(base in VERBS or base in NOUNS or base in OTHERS for base in (stem, stem + "e", stem[:-1]))
