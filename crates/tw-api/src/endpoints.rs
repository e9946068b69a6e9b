//! The table of endpoints: address, permission and reach of each, declared in its type.
//!
//! **Room:** layer 2, plain data. **May use:** nothing of ours. **Must not:** do I/O.

use crate::{Permission as P, Reach as R, Thing as T};
#[allow(
    clippy::wildcard_imports,
    reason = "the table names nearly every type of the crate"
)]
use crate::{endpoint::*, *};

macro_rules! endpoints {
    ($(
        #[doc = $summary:literal]
        $name:ident: $method:ident $path:literal [$permission:expr, $reach:expr]
            $query:ty, $body:ty => $reply:ty;
    )*) => {
        $(
            #[doc = $summary]
            #[derive(Clone, Copy, Debug)]
            pub struct $name;

            impl Endpoint for $name {
                const ID: &'static str = stringify!($name);
                const METHOD: Method = Method::$method;
                const PATH: &'static str = $path;
                const SUMMARY: &'static str = $summary;
                const PERMISSION: Permission = $permission;
                const REACH: Reach = $reach;
                type Query = $query;
                type Body = $body;
                type Reply = $reply;
            }
        )*

        /// Every endpoint, in the order of the document.
        pub fn all() -> Vec<Info> {
            vec![$(Info::of::<$name>()),*]
        }
    };
}

endpoints! {
    /// Whether the process lives.
    Healthz: Get "/healthz" [P::Public, R::Nothing] NoQuery, Nothing => Text;
    /// Whether the store can be read and written.
    Readyz: Get "/readyz" [P::Public, R::Nothing] NoQuery, Nothing => Text;
    /// Our own metrics, in the `OpenMetrics` format.
    Metrics: Get "/metrics" [P::View, R::Whole] NoQuery, Nothing => Text;
    /// This document.
    OpenApiGet: Get "/api/v1/openapi.json" [P::Public, R::Nothing] NoQuery, Nothing => Json<AnyJson>;

    /// Signs in.
    SessionCreate: Post "/api/v1/session" [P::Public, R::Own] NoQuery, Json<SignIn> => Json<Session>;
    /// Who the caller is.
    SessionGet: Get "/api/v1/session" [P::SignedIn, R::Own] NoQuery, Nothing => Json<Session>;
    /// Signs out.
    SessionDelete: Delete "/api/v1/session" [P::SignedIn, R::Own] NoQuery, Nothing => Nothing;
    /// Sets one's own password; all other sessions end.
    PasswordSet: Put "/api/v1/session/password" [P::SignedIn, R::Own] NoQuery, Json<PasswordChange> => Nothing;

    /// The first page in one document.
    OverviewGet: Get "/api/v1/overview" [P::View, R::Filtered] NoQuery, Nothing => Json<Overview>;
    /// State changes as they happen.
    StreamGet: Get "/api/v1/stream" [P::View, R::Filtered] NoQuery, Nothing => EventStream;
    /// The organisation.
    OrganisationGet: Get "/api/v1/organisation" [P::View, R::Filtered] NoQuery, Nothing => Json<Organisation>;
    /// The units.
    UnitList: Get "/api/v1/units" [P::View, R::Filtered] ListQuery, Nothing => Json<Page<Unit>>;
    /// A unit.
    UnitGet: Get "/api/v1/units/{id}" [P::View, R::One(T::Unit)] NoQuery, Nothing => Json<Unit>;
    /// The people.
    PersonList: Get "/api/v1/people" [P::ViewPeople, R::Filtered] ListQuery, Nothing => Json<Page<Person>>;
    /// A person.
    PersonGet: Get "/api/v1/people/{id}" [P::ViewPeople, R::One(T::Person)] NoQuery, Nothing => Json<Person>;

    /// The sites.
    SiteList: Get "/api/v1/sites" [P::View, R::Filtered] ListQuery, Nothing => Json<Page<Site>>;
    /// A site.
    SiteGet: Get "/api/v1/sites/{id}" [P::View, R::One(T::Site)] NoQuery, Nothing => Json<Site>;
    /// A site's availability over a window, with bounds and verdict.
    SiteAvailabilityGet: Get "/api/v1/sites/{id}/availability" [P::View, R::One(T::Site)] WindowQuery, Nothing => Json<Availability>;
    /// The states of a site's load over a window, as a strip.
    SiteTimelineGet: Get "/api/v1/sites/{id}/timeline" [P::View, R::One(T::Site)] WindowQuery, Nothing => Json<Timeline>;
    /// A site's power, cooling and network chain: states, margin, what would be next, Tier criteria.
    FacilityGet: Get "/api/v1/sites/{id}/facility" [P::View, R::One(T::Site)] FacilityQuery, Nothing => Json<Facility>;
    /// The chain as a drawing, sources above and loads below.
    FacilityDrawingGet: Get "/api/v1/sites/{id}/facility/drawing.svg" [P::View, R::One(T::Site)] FacilityQuery, Nothing => Svg;
    /// Measures that need no new equipment: racks on one feed, UPS, the air before the racks.
    FacilityMeasuresGet: Get "/api/v1/sites/{id}/facility/measures" [P::View, R::One(T::Site)] NoQuery, Nothing => Json<FacilityMeasures>;
    /// What taking nodes of the chain out would do, given the present state; nothing is changed.
    FacilityWhatIf: Get "/api/v1/sites/{id}/what-if" [P::View, R::One(T::Site)] WhatIfQuery, Nothing => Json<WhatIf>;
    /// The months of a site: verdicts, bounds, strips.
    SiteMonthList: Get "/api/v1/sites/{id}/months" [P::View, R::One(T::Site)] MonthsQuery, Nothing => Json<Page<MonthSummary>>;
    /// A month of a site with its report and its revisions.
    SiteMonthGet: Get "/api/v1/sites/{id}/months/{month}" [P::View, R::One(T::Site)] MonthQuery, Nothing => Json<Month>;
    /// Closes a month, or makes its next revision.
    SiteMonthClose: Post "/api/v1/sites/{id}/months/{month}/close" [P::CloseMonths, R::One(T::Site)] NoQuery, Json<MonthClose> => Json<Month>;
    /// The report of a month as the file that `tierwatch report verify` reads.
    SiteMonthJson: Get "/api/v1/sites/{id}/months/{month}/report.json" [P::View, R::One(T::Site)] MonthReportQuery, Nothing => Blob;
    /// The report of a month as a page for print.
    SiteMonthHtml: Get "/api/v1/sites/{id}/months/{month}/report.html" [P::View, R::One(T::Site)] MonthReportQuery, Nothing => Blob;
    /// The report of a month as PDF.
    SiteMonthPdf: Get "/api/v1/sites/{id}/months/{month}/report.pdf" [P::View, R::One(T::Site)] MonthReportQuery, Nothing => Blob;
    /// States what held instead of what polls saw; it stands in every report from then on.
    SiteCorrectionAdd: Post "/api/v1/sites/{id}/corrections" [P::CloseMonths, R::One(T::Site)] NoQuery, Json<CorrectionAdd> => Created<Correction>;
    /// The months of every site in reach, with its targets and rolling periods.
    AvailabilityOverview: Get "/api/v1/reports/availability" [P::View, R::Filtered] MonthsQuery, Nothing => Json<Page<SiteAvailabilityOverview>>;
    /// The months of all sites as a spreadsheet.
    AvailabilityXlsx: Get "/api/v1/reports/availability.xlsx" [P::View, R::Filtered] MonthTableQuery, Nothing => Blob;
    /// The months of all sites as CSV.
    AvailabilityCsv: Get "/api/v1/reports/availability.csv" [P::View, R::Filtered] MonthTableQuery, Nothing => Blob;
    /// The racks.
    RackList: Get "/api/v1/racks" [P::View, R::Filtered] SiteListQuery, Nothing => Json<Page<Rack>>;
    /// A rack with what stands in it.
    RackGet: Get "/api/v1/racks/{id}" [P::View, R::One(T::Rack)] NoQuery, Nothing => Json<Rack>;
    /// A rack's elevation as a drawing.
    RackElevationGet: Get "/api/v1/racks/{id}/elevation.svg" [P::View, R::One(T::Rack)] NoQuery, Nothing => Svg;

    /// The devices: filtered, sorted, in pages, or as a CSV file.
    DeviceList: Get "/api/v1/devices" [P::View, R::Filtered] DeviceQuery, Nothing => CsvOr<Page<Device>>;
    /// Adds a device.
    DeviceAdd: Post "/api/v1/devices" [P::EditDevices, R::Filtered] NoQuery, Json<DeviceCreate> => Created<Device>;
    /// Polls an address once with a credential, saved or not.
    DeviceTry: Post "/api/v1/devices/test" [P::EditDevices, R::Filtered] NoQuery, Json<DeviceTest> => Json<DeviceTestResult>;
    /// A device.
    DeviceGet: Get "/api/v1/devices/{id}" [P::View, R::One(T::Device)] NoQuery, Nothing => Json<Device>;
    /// Changes a device.
    DevicePut: Put "/api/v1/devices/{id}" [P::EditDevices, R::One(T::Device)] NoQuery, Json<DeviceEdit> => Json<Device>;
    /// Removes a device from the register; its history stays.
    DeviceDelete: Delete "/api/v1/devices/{id}" [P::EditDevices, R::One(T::Device)] VersionQuery, Nothing => Nothing;
    /// A device's interfaces.
    DeviceInterfaceList: Get "/api/v1/devices/{id}/interfaces" [P::View, R::One(T::Device)] ListQuery, Nothing => Json<Page<Interface>>;
    /// A device's sensors with their newest readings.
    DeviceSensorList: Get "/api/v1/devices/{id}/sensors" [P::View, R::One(T::Device)] ListQuery, Nothing => Json<Page<Sensor>>;
    /// A device's states over a window, as a strip.
    DeviceTimelineGet: Get "/api/v1/devices/{id}/timeline" [P::View, R::One(T::Device)] WindowQuery, Nothing => Json<WitnessTimeline>;
    /// An interface.
    InterfaceGet: Get "/api/v1/interfaces/{id}" [P::View, R::One(T::Interface)] NoQuery, Nothing => Json<Interface>;
    /// An interface's traffic, errors, discards and states, from raw samples; gaps stay open.
    InterfaceTrafficGet: Get "/api/v1/interfaces/{id}/traffic" [P::View, R::One(T::Interface)] SamplesQuery, Nothing => Json<Traffic>;
    /// The sensors with their newest readings.
    SensorList: Get "/api/v1/sensors" [P::View, R::Filtered] SensorQuery, Nothing => Json<Page<Sensor>>;
    /// A sensor's readings.
    SensorSamplesGet: Get "/api/v1/sensors/{id}/samples" [P::View, R::One(T::Sensor)] SamplesQuery, Nothing => Json<SensorSamples>;

    /// The circuits with their states and the evidence for them.
    CircuitList: Get "/api/v1/circuits" [P::View, R::Filtered] CircuitQuery, Nothing => Json<Page<Circuit>>;
    /// A circuit.
    CircuitGet: Get "/api/v1/circuits/{id}" [P::View, R::One(T::Circuit)] NoQuery, Nothing => Json<Circuit>;
    /// What a circuit's probes saw.
    CircuitProbesGet: Get "/api/v1/circuits/{id}/probes" [P::View, R::One(T::Circuit)] SamplesQuery, Nothing => Json<CircuitProbes>;

    /// The assets: filtered, sorted, in pages, or as a CSV file.
    AssetList: Get "/api/v1/assets" [P::View, R::Filtered] AssetQuery, Nothing => CsvOr<Page<Asset>>;
    /// An asset.
    AssetGet: Get "/api/v1/assets/{tag}" [P::View, R::One(T::Asset)] NoQuery, Nothing => Json<Asset>;
    /// Adds an asset.
    AssetAdd: Post "/api/v1/assets" [P::EditAssets, R::Filtered] NoQuery, Json<AssetCreate> => Created<Asset>;
    /// Changes an asset; its state changes by steps.
    AssetPut: Put "/api/v1/assets/{tag}" [P::EditAssets, R::One(T::Asset)] NoQuery, Json<AssetEdit> => Json<Asset>;
    /// Everything that happened to an asset, and what may happen next.
    AssetHistoryGet: Get "/api/v1/assets/{tag}/history" [P::View, R::One(T::Asset)] NoQuery, Nothing => Json<AssetHistory>;
    /// Takes a step of an asset's life, or asks a second person for it.
    AssetStep: Post "/api/v1/assets/{tag}/transitions" [P::EditAssets, R::One(T::Asset)] NoQuery, Json<AssetTransitionAsk> => Created<AssetTransition>;
    /// The second person's word on the step that waits.
    AssetStepDecide: Post "/api/v1/assets/{tag}/decision" [P::ApproveAssets, R::One(T::Asset)] NoQuery, Json<AssetTransitionDecision> => Json<AssetTransition>;
    /// The assets as a workbook that the import reads again, filtered and sorted as the list.
    AssetXlsx: Get "/api/v1/reports/assets.xlsx" [P::View, R::Filtered] AssetFileQuery, Nothing => Blob;
    /// Sheets of labels with QR codes for many assets, to be printed.
    LabelsPdf: Get "/api/v1/reports/labels.pdf" [P::View, R::Filtered] LabelQuery, Nothing => Blob;
    /// The sheets that labels can be printed on.
    LabelSheetList: Get "/api/v1/label-sheets" [P::View, R::Filtered] NoQuery, Nothing => Json<LabelSheetPage>;
    /// An asset's label with a QR code of its tag, to be printed.
    AssetLabelGet: Get "/api/v1/assets/{tag}/label.svg" [P::View, R::One(T::Asset)] NoQuery, Nothing => Svg;
    /// The documents kept with an asset.
    AttachmentList: Get "/api/v1/assets/{tag}/attachments" [P::ViewPeople, R::One(T::Asset)] NoQuery, Nothing => Json<AttachmentPage>;
    /// Keeps a document with an asset; its type is what its content says.
    AttachmentAdd: Post "/api/v1/assets/{tag}/attachments" [P::EditAssets, R::One(T::Asset)] AttachmentQuery, FileBody => Created<Attachment>;
    /// A document, to be saved.
    AttachmentGet: Get "/api/v1/assets/{tag}/attachments/{id}" [P::ViewPeople, R::One(T::Asset)] NoQuery, Nothing => Blob;
    /// Takes a document away.
    AttachmentRemove: Delete "/api/v1/assets/{tag}/attachments/{id}" [P::EditAssets, R::One(T::Asset)] NoQuery, Nothing => Nothing;
    /// The waivers of the age rule: asked for, in force, over.
    WaiverList: Get "/api/v1/waivers" [P::View, R::Filtered] WaiverQuery, Nothing => Json<Page<AgeWaiver>>;
    /// Asks for a waiver of an asset that is too old; a second person decides.
    WaiverAskPost: Post "/api/v1/assets/{tag}/waivers" [P::EditAssets, R::One(T::Asset)] NoQuery, Json<WaiverAsk> => Created<AgeWaiver>;
    /// The second person's word on the waiver that waits.
    WaiverDecide: Post "/api/v1/assets/{tag}/waivers/decision" [P::ApproveAssets, R::One(T::Asset)] NoQuery, Json<WaiverDecision> => Json<Page<AgeWaiver>>;
    /// Ends a waiver before its last day.
    WaiverEndPost: Post "/api/v1/assets/{tag}/waivers/end" [P::EditAssets, R::One(T::Asset)] NoQuery, Json<WaiverEnd> => Json<AgeWaiver>;
    /// Says what an import of assets would do; nothing is changed.
    ImportAdd: Post "/api/v1/imports" [P::EditAssets, R::Filtered] ImportQuery, FileBody => Json<ImportPreview>;
    /// Says what one change of many assets would do; an import's commit carries it out.
    BulkEditAdd: Post "/api/v1/bulk-edits" [P::EditAssets, R::Filtered] NoQuery, Json<BulkEdit> => Json<ImportPreview>;
    /// Carries a preview out: all of it, or nothing.
    ImportCommit: Post "/api/v1/imports/{id}" [P::EditAssets, R::Own] NoQuery, Nothing => Json<ImportDone>;
    /// Why an asset's age is judged as it is.
    AssetAgeGet: Get "/api/v1/assets/{tag}/age" [P::View, R::One(T::Asset)] AsOfQuery, Nothing => Json<AgeExplanation>;
    /// How many assets are older than their class allows.
    AgeReportGet: Get "/api/v1/reports/age" [P::View, R::Filtered] AgeReportQuery, Nothing => Json<AgeReport>;

    /// Where the register and what was seen disagree: filtered, sorted, in pages, or as a CSV file.
    DiscrepancyList: Get "/api/v1/discrepancies" [P::View, R::Filtered] DiscrepancyQuery, Nothing => CsvOr<Page<Discrepancy>>;
    /// A discrepancy with both sides of it.
    DiscrepancyGet: Get "/api/v1/discrepancies/{id}" [P::View, R::One(T::Discrepancy)] NoQuery, Nothing => Json<DiscrepancyDetail>;
    /// Writes what was seen into the register.
    DiscrepancyAccept: Post "/api/v1/discrepancies/{id}/accept" [P::EditAssets, R::One(T::Discrepancy)] NoQuery, Json<crate::DiscrepancyAccept> => Json<Discrepancy>;
    /// Leaves a discrepancy alone until a day.
    DiscrepancyDismiss: Post "/api/v1/discrepancies/{id}/dismiss" [P::EditAssets, R::One(T::Discrepancy)] NoQuery, Json<crate::DiscrepancyDismiss> => Json<Discrepancy>;
    /// Records what was seen as an asset of its own; swapped hardware takes the old asset's place.
    DiscrepancyCreateAsset: Post "/api/v1/discrepancies/{id}/create-asset" [P::EditAssets, R::One(T::Discrepancy)] NoQuery, Json<crate::DiscrepancyCreateAsset> => Json<Discrepancy>;
    /// Changes the state of a discrepancy's asset.
    DiscrepancyTransition: Post "/api/v1/discrepancies/{id}/transition" [P::EditAssets, R::One(T::Discrepancy)] NoQuery, Json<crate::DiscrepancyTransition> => Json<Discrepancy>;
    /// The stock-takes, newest first.
    StockTakeList: Get "/api/v1/stocktakes" [P::View, R::Filtered] ListQuery, Nothing => Json<Page<StockTake>>;
    /// Opens a stock-take: its list is frozen.
    StockTakeOpen: Post "/api/v1/stocktakes" [P::EditAssets, R::Filtered] NoQuery, Json<StockTakeCreate> => Created<StockTake>;
    /// A stock-take with its frozen list, its scans and what it comes to.
    StockTakeGet: Get "/api/v1/stocktakes/{id}" [P::View, R::One(T::StockTake)] NoQuery, Nothing => Json<StockTakeDetail>;
    /// Takes scans. One that is known by its client's number counts no second time.
    StockTakeScanAdd: Post "/api/v1/stocktakes/{id}/scans" [P::EditAssets, R::One(T::StockTake)] NoQuery, Json<StockTakeUpload> => Json<StockTakeUploaded>;
    /// Closes a stock-take.
    StockTakeClosing: Post "/api/v1/stocktakes/{id}/close" [P::EditAssets, R::One(T::StockTake)] NoQuery, Json<StockTakeClose> => Json<StockTake>;
    /// Writes moves that a closed stock-take found into the register, all or none.
    StockTakeMove: Post "/api/v1/stocktakes/{id}/moves" [P::EditAssets, R::One(T::StockTake)] NoQuery, Json<StockTakeMoves> => Json<StockTake>;
    /// A stock-take's minutes as a document to sign.
    StockTakeMinutesPdf: Get "/api/v1/stocktakes/{id}/minutes.pdf" [P::View, R::One(T::StockTake)] StockTakeMinutesQuery, Nothing => Blob;
    /// A stock-take's minutes as a workbook.
    StockTakeMinutesXlsx: Get "/api/v1/stocktakes/{id}/minutes.xlsx" [P::View, R::One(T::StockTake)] StockTakeMinutesQuery, Nothing => Blob;
    /// What falls due in which quarter, and what replacing it costs.
    ForecastGet: Get "/api/v1/reports/forecast" [P::View, R::Filtered] ForecastQuery, Nothing => FileOr<Forecast>;
    /// A replacement plan that is not kept.
    PlanPreview: Get "/api/v1/reports/plan" [P::View, R::Whole] PlanPreviewQuery, Nothing => Json<PlanResult>;
    /// Why an asset is not in the plan, and what it would displace.
    PlanWhyGet: Get "/api/v1/reports/plan/why" [P::View, R::Whole] PlanWhyQuery, Nothing => Json<PlanWhy>;
    /// The replacement plans.
    PlanList: Get "/api/v1/plans" [P::View, R::Whole] ListQuery, Nothing => Json<Page<PlanBrief>>;
    /// Makes a plan and keeps it as a draft.
    PlanAdd: Post "/api/v1/plans" [P::EditPlans, R::Whole] NoQuery, Json<PlanCreate> => Created<ReplacementPlan>;
    /// A plan.
    PlanGet: Get "/api/v1/plans/{id}" [P::View, R::Whole] FormatQuery, Nothing => FileOr<ReplacementPlan>;
    /// Changes a draft and makes it anew.
    PlanPut: Put "/api/v1/plans/{id}" [P::EditPlans, R::Whole] NoQuery, Json<PlanEdit> => Json<ReplacementPlan>;
    /// Removes a draft.
    PlanDelete: Delete "/api/v1/plans/{id}" [P::EditPlans, R::Whole] VersionQuery, Nothing => Nothing;
    /// Freezes a draft: nothing in it changes any more.
    PlanFreeze: Post "/api/v1/plans/{id}/freeze" [P::EditPlans, R::Whole] NoQuery, Json<PlanStep> => Json<ReplacementPlan>;
    /// Approves a frozen plan; not by who froze it.
    PlanApprove: Post "/api/v1/plans/{id}/approve" [P::ApproveAssets, R::Whole] NoQuery, Json<PlanStep> => Json<ReplacementPlan>;
    /// Notes that a line was ordered or delivered.
    PlanLineTrack: Post "/api/v1/plans/{id}/track" [P::EditPlans, R::Whole] NoQuery, Json<PlanTrack> => Json<ReplacementPlan>;
    /// Warranties, support and leases.
    ContractList: Get "/api/v1/contracts" [P::View, R::Filtered] ContractQuery, Nothing => FileOr<Page<EquipmentContract>>;
    /// A contract.
    ContractGet: Get "/api/v1/contracts/{id}" [P::View, R::Whole] NoQuery, Nothing => Json<EquipmentContract>;
    /// Makes or changes a contract.
    ContractPut: Put "/api/v1/contracts/{id}" [P::EditAssets, R::Whole] NoQuery, Json<EquipmentContractEdit> => Json<EquipmentContract>;
    /// Removes a contract; its history stays.
    ContractDelete: Delete "/api/v1/contracts/{id}" [P::EditAssets, R::Whole] VersionQuery, Nothing => Nothing;
    /// What ends soon, which critical assets nothing covers, batteries apart from their UPS.
    ContractReportGet: Get "/api/v1/reports/contracts" [P::View, R::Filtered] ContractReportQuery, Nothing => FileOr<ContractReport>;
    /// What each unit holds and costs.
    UnitReportGet: Get "/api/v1/reports/units" [P::View, R::Filtered] UnitReportQuery, Nothing => FileOr<UnitReport>;
    /// The people of the roster with the verdict on their computers.
    StaffReportGet: Get "/api/v1/reports/staff" [P::ViewPeople, R::Filtered] StaffQuery, Nothing => Json<Page<StaffRow>>;
    /// The services that people use.
    ServiceList: Get "/api/v1/services" [P::View, R::Filtered] ServiceQuery, Nothing => Json<Page<ServiceEntry>>;
    /// The yearly statistical return; every figure names the list that it was counted from.
    YearlyGet: Get "/api/v1/reports/yearly" [P::ViewPeople, R::Whole] YearlyQuery, Nothing => FileOr<YearlyReturn>;
    /// What a figure of the return was counted from, one by one.
    YearlyEvidenceGet: Get "/api/v1/reports/yearly/evidence" [P::ViewPeople, R::Whole] YearlyEvidenceQuery, Nothing => CsvOr<Page<YearlyItem>>;
    /// To which objects of other registers an asset belongs, and which of its fields they own.
    AssetSourceGet: Get "/api/v1/assets/{tag}/sources" [P::View, R::One(T::Asset)] NoQuery, Nothing => Json<AssetSources>;
    /// The registers of others that are read.
    SourceList: Get "/api/v1/sources" [P::View, R::Whole] ListQuery, Nothing => Json<Page<Source>>;
    /// The runs of a source, newest first.
    SourceRunList: Get "/api/v1/sources/{id}/runs" [P::View, R::Whole] ListQuery, Nothing => Json<Page<SourceRun>>;
    /// Asks for a sync with a source; it goes on in the background.
    SourceSyncPost: Post "/api/v1/sources/{id}/sync" [P::EditAssets, R::Whole] NoQuery, Json<SourceSync> => Json<Source>;
    /// The information systems with their security levels.
    SystemList: Get "/api/v1/systems" [P::View, R::Filtered] SystemQuery, Nothing => Json<Page<InformationSystem>>;
    /// The levels of the security scheme.
    SecurityLevelList: Get "/api/v1/security-levels" [P::View, R::Filtered] ListQuery, Nothing => Json<Page<SecurityLevel>>;
    /// The weaknesses of devices: filtered, sorted, in pages, or as a CSV file.
    FindingList: Get "/api/v1/findings" [P::View, R::Filtered] FindingQuery, Nothing => CsvOr<Page<Finding>>;
    /// Accepts a finding until a day, or takes that back.
    FindingWaivePost: Post "/api/v1/findings/{id}/waive" [P::EditDevices, R::Whole] NoQuery, Json<FindingWaive> => Json<Finding>;
    /// Which devices and services are ready for IPv6.
    Ipv6ReportGet: Get "/api/v1/reports/ipv6" [P::View, R::Filtered] Ipv6Query, Nothing => CsvOr<Ipv6Report>;

    /// The collectors: lag, spool, skew.
    CollectorList: Get "/api/v1/collectors" [P::View, R::Filtered] ListQuery, Nothing => Json<Page<Collector>>;
    /// A collector.
    CollectorGet: Get "/api/v1/collectors/{id}" [P::View, R::One(T::Collector)] NoQuery, Nothing => Json<Collector>;
    /// The alerts, open ones first.
    AlertList: Get "/api/v1/alerts" [P::View, R::Filtered] AlertQuery, Nothing => Json<Page<Alert>>;
    /// An alert.
    AlertGet: Get "/api/v1/alerts/{id}" [P::View, R::One(T::Alert)] NoQuery, Nothing => Json<Alert>;
    /// Says that somebody looks after an alert.
    AlertAcknowledge: Post "/api/v1/alerts/{id}/acknowledge" [P::Acknowledge, R::One(T::Alert)] NoQuery, Json<Acknowledge> => Json<Alert>;
    /// What happened, newest first.
    EventList: Get "/api/v1/events" [P::View, R::Filtered] EventQuery, Nothing => Json<Page<Event>>;

    /// The requests for maintenance, the newest windows first, or as a CSV file.
    MaintenanceList: Get "/api/v1/maintenance" [P::View, R::Filtered] MaintenanceQuery, Nothing => CsvOr<Page<Maintenance>>;
    /// Asks for maintenance: one window, or a series of them.
    MaintenanceAdd: Post "/api/v1/maintenance" [P::PlanWork, R::Filtered] NoQuery, Json<MaintenanceCreate> => Created<Maintenance>;
    /// What would happen; nothing is kept.
    MaintenanceTry: Post "/api/v1/maintenance/what-if" [P::PlanWork, R::Filtered] NoQuery, Json<MaintenanceSpec> => Json<MaintenanceWhatIf>;
    /// A request with its steps.
    MaintenanceGet: Get "/api/v1/maintenance/{id}" [P::View, R::One(T::Maintenance)] NoQuery, Nothing => Json<Maintenance>;
    /// Changes a request that nobody has decided on.
    MaintenancePut: Put "/api/v1/maintenance/{id}" [P::PlanWork, R::One(T::Maintenance)] NoQuery, Json<MaintenanceEdit> => Json<Maintenance>;
    /// What would happen if it were begun now or in its window.
    MaintenanceLookAhead: Post "/api/v1/maintenance/{id}/what-if" [P::PlanWork, R::One(T::Maintenance)] NoQuery, Nothing => Json<MaintenanceWhatIf>;
    /// Approves it. 409 with the loads that would drop, unless a reason overrides it.
    MaintenanceApprove: Post "/api/v1/maintenance/{id}/approve" [P::ApproveWork, R::One(T::Maintenance)] NoQuery, Json<MaintenanceApproval> => Json<Maintenance>;
    /// Refuses it, with the reason.
    MaintenanceRefuse: Post "/api/v1/maintenance/{id}/refuse" [P::ApproveWork, R::One(T::Maintenance)] NoQuery, Json<MaintenanceNote> => Json<Maintenance>;
    /// Begins the work.
    MaintenanceBegin: Post "/api/v1/maintenance/{id}/begin" [P::PlanWork, R::One(T::Maintenance)] NoQuery, Json<MaintenanceNote> => Json<Maintenance>;
    /// Ends the work.
    MaintenanceClose: Post "/api/v1/maintenance/{id}/close" [P::PlanWork, R::One(T::Maintenance)] NoQuery, Json<MaintenanceNote> => Json<Maintenance>;
    /// Takes it back before it began.
    MaintenanceCancel: Post "/api/v1/maintenance/{id}/cancel" [P::PlanWork, R::One(T::Maintenance)] NoQuery, Json<MaintenanceNote> => Json<Maintenance>;

    /// The users.
    UserList: Get "/api/v1/users" [P::ManageAccess, R::Whole] ListQuery, Nothing => Json<Page<User>>;
    /// Adds a user, without a password: make a link.
    UserAdd: Post "/api/v1/users" [P::ManageAccess, R::Whole] NoQuery, Json<UserCreate> => Created<User>;
    /// Changes a user's role, scope or access; all the user's sessions end.
    UserPut: Put "/api/v1/users/{id}" [P::ManageAccess, R::Whole] NoQuery, Json<UserEdit> => Json<User>;
    /// Makes a one-time link with which the user signs in and sets a password.
    UserLink: Post "/api/v1/users/{id}/link" [P::ManageAccess, R::Whole] NoQuery, Nothing => Json<OneTimeLink>;
    /// The tokens, without their secrets.
    TokenList: Get "/api/v1/tokens" [P::ManageAccess, R::Whole] ListQuery, Nothing => Json<Page<Token>>;
    /// Makes a token and shows its secret, once.
    TokenAdd: Post "/api/v1/tokens" [P::ManageAccess, R::Whole] NoQuery, Json<TokenCreate> => Created<TokenCreated>;
    /// Takes a token back.
    TokenRevoke: Delete "/api/v1/tokens/{id}" [P::ManageAccess, R::Whole] NoQuery, Nothing => Nothing;
    /// The credentials, without their secrets.
    CredentialList: Get "/api/v1/credentials" [P::EditDevices, R::Filtered] ListQuery, Nothing => Json<Page<Credential>>;
    /// Sets a credential. Its secrets are sealed and never shown again.
    CredentialPut: Put "/api/v1/credentials/{id}" [P::EditCredentials, R::Whole] NoQuery, Json<CredentialWrite> => Json<Credential>;
    /// Removes a credential that no device uses.
    CredentialDelete: Delete "/api/v1/credentials/{id}" [P::EditCredentials, R::Whole] VersionQuery, Nothing => Nothing;
    /// The audit log, newest first.
    AuditList: Get "/api/v1/audit" [P::ReadAudit, R::Whole] AuditQuery, Nothing => Json<Page<AuditEntry>>;
    /// Checks the audit log's chain of hashes.
    AuditVerify: Get "/api/v1/audit/verify" [P::ReadAudit, R::Whole] NoQuery, Nothing => Json<AuditVerification>;

    /// Targets for Prometheus' `http_sd_config`.
    SdPrometheus: Get "/api/v1/sd/prometheus" [P::View, R::Filtered] NoQuery, Nothing => Json<Vec<SdGroup>>;
    /// What a collector should poll and probe.
    IngestConfig: Get "/ingest/v1/config" [P::Ingest, R::Own] NoQuery, Nothing => Json<AnyJson>;
    /// Takes batches of readings that follow one another in a segment, as a CBOR sequence. Out of order is 409 with the expected position.
    IngestBatch: Post "/ingest/v1/batches" [P::Ingest, R::Own] NoQuery, CborBody => Json<AnyJson>;
}
