//! Which number is which object: facts of the published MIB modules.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours.
//!
//! A line is a parent and its children: they count up from 1, and `N:name` goes on from N.

/// Parents and their children.
pub(super) const OBJECTS: &[(&str, &str)] = &[
    // SNMPv2-MIB (RFC 3418).
    (
        "1.3.6.1.2.1.1",
        "sysDescr sysObjectID sysUpTime sysContact sysName sysLocation sysServices \
         sysORLastChange",
    ),
    (
        "1.3.6.1.2.1.1.9.1",
        "sysORIndex sysORID sysORDescr sysORUpTime",
    ),
    (
        "1.3.6.1.2.1.11",
        "snmpInPkts snmpOutPkts snmpInBadVersions snmpInBadCommunityNames \
         snmpInBadCommunityUses snmpInASNParseErrs 8:snmpInTooBigs snmpInNoSuchNames \
         snmpInBadValues snmpInReadOnlys snmpInGenErrs snmpInTotalReqVars snmpInTotalSetVars \
         snmpInGetRequests snmpInGetNexts snmpInSetRequests snmpInGetResponses snmpInTraps \
         snmpOutTooBigs snmpOutNoSuchNames snmpOutBadValues 24:snmpOutGenErrs \
         snmpOutGetRequests snmpOutGetNexts snmpOutSetRequests snmpOutGetResponses \
         snmpOutTraps snmpEnableAuthenTraps snmpSilentDrops snmpProxyDrops",
    ),
    ("1.3.6.1.6.3.1.1.4", "snmpTrapOID 3:snmpTrapEnterprise"),
    (
        "1.3.6.1.6.3.1.1.5",
        "coldStart warmStart linkDown linkUp authenticationFailure egpNeighborLoss",
    ),
    ("1.3.6.1.6.3.1.1.6", "snmpSetSerialNo"),
    // IF-MIB (RFC 2863).
    ("1.3.6.1.2.1.2", "ifNumber"),
    (
        "1.3.6.1.2.1.2.2.1",
        "ifIndex ifDescr ifType ifMtu ifSpeed ifPhysAddress ifAdminStatus ifOperStatus \
         ifLastChange ifInOctets ifInUcastPkts ifInNUcastPkts ifInDiscards ifInErrors \
         ifInUnknownProtos ifOutOctets ifOutUcastPkts ifOutNUcastPkts ifOutDiscards \
         ifOutErrors ifOutQLen ifSpecific",
    ),
    (
        "1.3.6.1.2.1.31.1.1.1",
        "ifName ifInMulticastPkts ifInBroadcastPkts ifOutMulticastPkts ifOutBroadcastPkts \
         ifHCInOctets ifHCInUcastPkts ifHCInMulticastPkts ifHCInBroadcastPkts ifHCOutOctets \
         ifHCOutUcastPkts ifHCOutMulticastPkts ifHCOutBroadcastPkts ifLinkUpDownTrapEnable \
         ifHighSpeed ifPromiscuousMode ifConnectorPresent ifAlias ifCounterDiscontinuityTime",
    ),
    (
        "1.3.6.1.2.1.31.1.2.1",
        "ifStackHigherLayer ifStackLowerLayer ifStackStatus",
    ),
    (
        "1.3.6.1.2.1.31.1.4.1",
        "ifRcvAddressAddress ifRcvAddressStatus ifRcvAddressType",
    ),
    ("1.3.6.1.2.1.31.1", "5:ifTableLastChange ifStackLastChange"),
    // IP-MIB, IP-FORWARD-MIB (RFC 4293, RFC 4292) and their predecessors.
    ("1.3.6.1.2.1.3.1.1", "atIfIndex atPhysAddress atNetAddress"),
    (
        "1.3.6.1.2.1.4",
        "ipForwarding ipDefaultTTL ipInReceives ipInHdrErrors ipInAddrErrors ipForwDatagrams \
         ipInUnknownProtos ipInDiscards ipInDelivers ipOutRequests ipOutDiscards \
         ipOutNoRoutes ipReasmTimeout ipReasmReqds ipReasmOKs ipReasmFails ipFragOKs \
         ipFragFails ipFragCreates 23:ipRoutingDiscards 25:ipv6IpForwarding \
         ipv6IpDefaultHopLimit ipv4InterfaceTableLastChange 29:ipv6InterfaceTableLastChange \
         33:ipAddressSpinLock",
    ),
    (
        "1.3.6.1.2.1.4.20.1",
        "ipAdEntAddr ipAdEntIfIndex ipAdEntNetMask ipAdEntBcastAddr ipAdEntReasmMaxSize",
    ),
    (
        "1.3.6.1.2.1.4.21.1",
        "ipRouteDest ipRouteIfIndex ipRouteMetric1 ipRouteMetric2 ipRouteMetric3 \
         ipRouteMetric4 ipRouteNextHop ipRouteType ipRouteProto ipRouteAge ipRouteMask \
         ipRouteMetric5 ipRouteInfo",
    ),
    (
        "1.3.6.1.2.1.4.22.1",
        "ipNetToMediaIfIndex ipNetToMediaPhysAddress ipNetToMediaNetAddress ipNetToMediaType",
    ),
    (
        "1.3.6.1.2.1.4.24",
        "3:ipCidrRouteNumber 6:inetCidrRouteNumber",
    ),
    (
        "1.3.6.1.2.1.4.24.4.1",
        "ipCidrRouteDest ipCidrRouteMask ipCidrRouteTos ipCidrRouteNextHop ipCidrRouteIfIndex \
         ipCidrRouteType ipCidrRouteProto ipCidrRouteAge ipCidrRouteInfo ipCidrRouteNextHopAS \
         ipCidrRouteMetric1 ipCidrRouteMetric2 ipCidrRouteMetric3 ipCidrRouteMetric4 \
         ipCidrRouteMetric5 ipCidrRouteStatus",
    ),
    (
        "1.3.6.1.2.1.4.24.7.1",
        "inetCidrRouteDestType inetCidrRouteDest inetCidrRoutePfxLen inetCidrRoutePolicy \
         inetCidrRouteNextHopType inetCidrRouteNextHop inetCidrRouteIfIndex inetCidrRouteType \
         inetCidrRouteProto inetCidrRouteAge inetCidrRouteNextHopAS inetCidrRouteMetric1 \
         inetCidrRouteMetric2 inetCidrRouteMetric3 inetCidrRouteMetric4 inetCidrRouteMetric5 \
         inetCidrRouteStatus",
    ),
    (
        "1.3.6.1.2.1.4.28.1",
        "ipv4InterfaceIfIndex ipv4InterfaceReasmMaxSize ipv4InterfaceEnableStatus \
         ipv4InterfaceRetransmitTime",
    ),
    (
        "1.3.6.1.2.1.4.30.1",
        "ipv6InterfaceIfIndex ipv6InterfaceReasmMaxSize ipv6InterfaceIdentifier \
         5:ipv6InterfaceEnableStatus ipv6InterfaceReachableTime ipv6InterfaceRetransmitTime \
         ipv6InterfaceForwarding",
    ),
    (
        "1.3.6.1.2.1.4.31.1.1",
        "ipSystemStatsIPVersion 3:ipSystemStatsInReceives ipSystemStatsHCInReceives \
         ipSystemStatsInOctets ipSystemStatsHCInOctets ipSystemStatsInHdrErrors \
         ipSystemStatsInNoRoutes ipSystemStatsInAddrErrors ipSystemStatsInUnknownProtos \
         ipSystemStatsInTruncatedPkts ipSystemStatsInForwDatagrams \
         ipSystemStatsHCInForwDatagrams ipSystemStatsReasmReqds ipSystemStatsReasmOKs \
         ipSystemStatsReasmFails ipSystemStatsInDiscards ipSystemStatsInDelivers \
         ipSystemStatsHCInDelivers ipSystemStatsOutRequests ipSystemStatsHCOutRequests \
         ipSystemStatsOutNoRoutes ipSystemStatsOutForwDatagrams \
         ipSystemStatsHCOutForwDatagrams ipSystemStatsOutDiscards ipSystemStatsOutFragReqds \
         ipSystemStatsOutFragOKs ipSystemStatsOutFragFails ipSystemStatsOutFragCreates \
         ipSystemStatsOutTransmits ipSystemStatsHCOutTransmits ipSystemStatsOutOctets \
         ipSystemStatsHCOutOctets ipSystemStatsInMcastPkts ipSystemStatsHCInMcastPkts \
         ipSystemStatsInMcastOctets ipSystemStatsHCInMcastOctets ipSystemStatsOutMcastPkts \
         ipSystemStatsHCOutMcastPkts ipSystemStatsOutMcastOctets \
         ipSystemStatsHCOutMcastOctets ipSystemStatsInBcastPkts ipSystemStatsHCInBcastPkts \
         ipSystemStatsOutBcastPkts ipSystemStatsHCOutBcastPkts ipSystemStatsDiscontinuityTime \
         ipSystemStatsRefreshRate",
    ),
    ("1.3.6.1.2.1.4.31", "2:ipIfStatsTableLastChange"),
    (
        "1.3.6.1.2.1.4.31.3.1",
        "ipIfStatsIPVersion ipIfStatsIfIndex ipIfStatsInReceives ipIfStatsHCInReceives \
         ipIfStatsInOctets ipIfStatsHCInOctets ipIfStatsInHdrErrors ipIfStatsInNoRoutes \
         ipIfStatsInAddrErrors ipIfStatsInUnknownProtos ipIfStatsInTruncatedPkts \
         ipIfStatsInForwDatagrams ipIfStatsHCInForwDatagrams ipIfStatsReasmReqds \
         ipIfStatsReasmOKs ipIfStatsReasmFails ipIfStatsInDiscards ipIfStatsInDelivers \
         ipIfStatsHCInDelivers ipIfStatsOutRequests ipIfStatsHCOutRequests \
         23:ipIfStatsOutForwDatagrams ipIfStatsHCOutForwDatagrams ipIfStatsOutDiscards \
         ipIfStatsOutFragReqds ipIfStatsOutFragOKs ipIfStatsOutFragFails \
         ipIfStatsOutFragCreates ipIfStatsOutTransmits ipIfStatsHCOutTransmits \
         ipIfStatsOutOctets ipIfStatsHCOutOctets ipIfStatsInMcastPkts ipIfStatsHCInMcastPkts \
         ipIfStatsInMcastOctets ipIfStatsHCInMcastOctets ipIfStatsOutMcastPkts \
         ipIfStatsHCOutMcastPkts ipIfStatsOutMcastOctets ipIfStatsHCOutMcastOctets \
         ipIfStatsInBcastPkts ipIfStatsHCInBcastPkts ipIfStatsOutBcastPkts \
         ipIfStatsHCOutBcastPkts ipIfStatsDiscontinuityTime ipIfStatsRefreshRate",
    ),
    (
        "1.3.6.1.2.1.4.32.1",
        "ipAddressPrefixIfIndex ipAddressPrefixType ipAddressPrefixPrefix \
         ipAddressPrefixLength ipAddressPrefixOrigin ipAddressPrefixOnLinkFlag \
         ipAddressPrefixAutonomousFlag ipAddressPrefixAdvPreferredLifetime \
         ipAddressPrefixAdvValidLifetime",
    ),
    (
        "1.3.6.1.2.1.4.34.1",
        "ipAddressAddrType ipAddressAddr ipAddressIfIndex ipAddressType ipAddressPrefix \
         ipAddressOrigin ipAddressStatus ipAddressCreated ipAddressLastChanged \
         ipAddressRowStatus ipAddressStorageType",
    ),
    (
        "1.3.6.1.2.1.4.35.1",
        "ipNetToPhysicalIfIndex ipNetToPhysicalNetAddressType ipNetToPhysicalNetAddress \
         ipNetToPhysicalPhysAddress ipNetToPhysicalLastUpdated ipNetToPhysicalType \
         ipNetToPhysicalState ipNetToPhysicalRowStatus",
    ),
    (
        "1.3.6.1.2.1.4.37.1",
        "ipDefaultRouterAddressType ipDefaultRouterAddress ipDefaultRouterIfIndex \
         ipDefaultRouterLifetime ipDefaultRouterPreference",
    ),
    (
        "1.3.6.1.2.1.5",
        "icmpInMsgs icmpInErrors icmpInDestUnreachs icmpInTimeExcds icmpInParmProbs \
         icmpInSrcQuenchs icmpInRedirects icmpInEchos icmpInEchoReps icmpInTimestamps \
         icmpInTimestampReps icmpInAddrMasks icmpInAddrMaskReps icmpOutMsgs icmpOutErrors \
         icmpOutDestUnreachs icmpOutTimeExcds icmpOutParmProbs icmpOutSrcQuenchs \
         icmpOutRedirects icmpOutEchos icmpOutEchoReps icmpOutTimestamps icmpOutTimestampReps \
         icmpOutAddrMasks icmpOutAddrMaskReps",
    ),
    (
        "1.3.6.1.2.1.5.29.1",
        "icmpStatsIPVersion icmpStatsInMsgs icmpStatsInErrors icmpStatsOutMsgs \
         icmpStatsOutErrors",
    ),
    (
        "1.3.6.1.2.1.5.30.1",
        "icmpMsgStatsIPVersion icmpMsgStatsType icmpMsgStatsInPkts icmpMsgStatsOutPkts",
    ),
    // TCP-MIB, UDP-MIB (RFC 4022, RFC 4113).
    (
        "1.3.6.1.2.1.6",
        "tcpRtoAlgorithm tcpRtoMin tcpRtoMax tcpMaxConn tcpActiveOpens tcpPassiveOpens \
         tcpAttemptFails tcpEstabResets tcpCurrEstab tcpInSegs tcpOutSegs tcpRetransSegs \
         14:tcpInErrs tcpOutRsts 17:tcpHCInSegs tcpHCOutSegs",
    ),
    (
        "1.3.6.1.2.1.6.13.1",
        "tcpConnState tcpConnLocalAddress tcpConnLocalPort tcpConnRemAddress tcpConnRemPort",
    ),
    (
        "1.3.6.1.2.1.6.19.1",
        "tcpConnectionLocalAddressType tcpConnectionLocalAddress tcpConnectionLocalPort \
         tcpConnectionRemAddressType tcpConnectionRemAddress tcpConnectionRemPort \
         tcpConnectionState tcpConnectionProcess",
    ),
    (
        "1.3.6.1.2.1.6.20.1",
        "tcpListenerLocalAddressType tcpListenerLocalAddress tcpListenerLocalPort \
         tcpListenerProcess",
    ),
    (
        "1.3.6.1.2.1.7",
        "udpInDatagrams udpNoPorts udpInErrors udpOutDatagrams 8:udpHCInDatagrams \
         udpHCOutDatagrams",
    ),
    ("1.3.6.1.2.1.7.5.1", "udpLocalAddress udpLocalPort"),
    (
        "1.3.6.1.2.1.7.7.1",
        "udpEndpointLocalAddressType udpEndpointLocalAddress udpEndpointLocalPort \
         udpEndpointRemoteAddressType udpEndpointRemoteAddress udpEndpointRemotePort \
         udpEndpointInstance udpEndpointProcess",
    ),
    // EtherLike-MIB (RFC 3635).
    (
        "1.3.6.1.2.1.10.7.2.1",
        "dot3StatsIndex dot3StatsAlignmentErrors dot3StatsFCSErrors \
         dot3StatsSingleCollisionFrames dot3StatsMultipleCollisionFrames \
         dot3StatsSQETestErrors dot3StatsDeferredTransmissions dot3StatsLateCollisions \
         dot3StatsExcessiveCollisions dot3StatsInternalMacTransmitErrors \
         dot3StatsCarrierSenseErrors 13:dot3StatsFrameTooLongs \
         16:dot3StatsInternalMacReceiveErrors dot3StatsEtherChipSet dot3StatsSymbolErrors \
         dot3StatsDuplexStatus dot3StatsRateControlAbility dot3StatsRateControlStatus",
    ),
    (
        "1.3.6.1.2.1.10.7.9.1",
        "dot3ControlFunctionsSupported dot3ControlInUnknownOpcodes \
         dot3HCControlInUnknownOpcodes",
    ),
    (
        "1.3.6.1.2.1.10.7.10.1",
        "dot3PauseAdminMode dot3PauseOperMode dot3InPauseFrames dot3OutPauseFrames \
         dot3HCInPauseFrames dot3HCOutPauseFrames",
    ),
    (
        "1.3.6.1.2.1.10.7.11.1",
        "dot3HCStatsAlignmentErrors dot3HCStatsFCSErrors dot3HCStatsInternalMacTransmitErrors \
         dot3HCStatsFrameTooLongs dot3HCStatsInternalMacReceiveErrors dot3HCStatsSymbolErrors",
    ),
    // OSPF-MIB, BGP4-MIB (RFC 4750, RFC 4273).
    (
        "1.3.6.1.2.1.14.10.1",
        "ospfNbrIpAddr ospfNbrAddressLessIndex ospfNbrRtrId ospfNbrOptions ospfNbrPriority \
         ospfNbrState ospfNbrEvents ospfNbrLsRetransQLen",
    ),
    ("1.3.6.1.2.1.15", "bgpVersion bgpLocalAs 4:bgpIdentifier"),
    (
        "1.3.6.1.2.1.15.3.1",
        "bgpPeerIdentifier bgpPeerState bgpPeerAdminStatus bgpPeerNegotiatedVersion \
         bgpPeerLocalAddr bgpPeerLocalPort bgpPeerRemoteAddr bgpPeerRemotePort \
         bgpPeerRemoteAs bgpPeerInUpdates bgpPeerOutUpdates bgpPeerInTotalMessages \
         bgpPeerOutTotalMessages bgpPeerLastError bgpPeerFsmEstablishedTransitions \
         bgpPeerFsmEstablishedTime bgpPeerConnectRetryInterval bgpPeerHoldTime \
         bgpPeerKeepAlive bgpPeerHoldTimeConfigured bgpPeerKeepAliveConfigured \
         bgpPeerMinASOriginationInterval bgpPeerMinRouteAdvertisementInterval \
         bgpPeerInUpdateElapsedTime",
    ),
    // BRIDGE-MIB, Q-BRIDGE-MIB (RFC 4188, RFC 4363).
    (
        "1.3.6.1.2.1.17.1",
        "dot1dBaseBridgeAddress dot1dBaseNumPorts dot1dBaseType",
    ),
    (
        "1.3.6.1.2.1.17.1.4.1",
        "dot1dBasePort dot1dBasePortIfIndex dot1dBasePortCircuit \
         dot1dBasePortDelayExceededDiscards dot1dBasePortMtuExceededDiscards",
    ),
    (
        "1.3.6.1.2.1.17.2",
        "dot1dStpProtocolSpecification dot1dStpPriority dot1dStpTimeSinceTopologyChange \
         dot1dStpTopChanges dot1dStpDesignatedRoot dot1dStpRootCost dot1dStpRootPort \
         dot1dStpMaxAge dot1dStpHelloTime dot1dStpHoldTime dot1dStpForwardDelay \
         dot1dStpBridgeMaxAge dot1dStpBridgeHelloTime dot1dStpBridgeForwardDelay",
    ),
    (
        "1.3.6.1.2.1.17.2.15.1",
        "dot1dStpPort dot1dStpPortPriority dot1dStpPortState dot1dStpPortEnable \
         dot1dStpPortPathCost dot1dStpPortDesignatedRoot dot1dStpPortDesignatedCost \
         dot1dStpPortDesignatedBridge dot1dStpPortDesignatedPort \
         dot1dStpPortForwardTransitions dot1dStpPortPathCost32",
    ),
    (
        "1.3.6.1.2.1.17.4",
        "dot1dTpLearnedEntryDiscards dot1dTpAgingTime",
    ),
    (
        "1.3.6.1.2.1.17.4.3.1",
        "dot1dTpFdbAddress dot1dTpFdbPort dot1dTpFdbStatus",
    ),
    (
        "1.3.6.1.2.1.17.7.1.2.2.1",
        "dot1qTpFdbAddress dot1qTpFdbPort dot1qTpFdbStatus",
    ),
    (
        "1.3.6.1.2.1.17.7.1.4.3.1",
        "dot1qVlanStaticName dot1qVlanStaticEgressPorts dot1qVlanStaticForbiddenEgressPorts \
         dot1qVlanStaticUntaggedPorts dot1qVlanStaticRowStatus",
    ),
    ("1.3.6.1.2.1.17.7.1.4.5.1", "dot1qPvid"),
    // HOST-RESOURCES-MIB (RFC 2790).
    (
        "1.3.6.1.2.1.25.1",
        "hrSystemUptime hrSystemDate hrSystemInitialLoadDevice hrSystemInitialLoadParameters \
         hrSystemNumUsers hrSystemProcesses hrSystemMaxProcesses",
    ),
    ("1.3.6.1.2.1.25.2", "2:hrMemorySize"),
    (
        "1.3.6.1.2.1.25.2.3.1",
        "hrStorageIndex hrStorageType hrStorageDescr hrStorageAllocationUnits hrStorageSize \
         hrStorageUsed hrStorageAllocationFailures",
    ),
    (
        "1.3.6.1.2.1.25.3.2.1",
        "hrDeviceIndex hrDeviceType hrDeviceDescr hrDeviceID hrDeviceStatus hrDeviceErrors",
    ),
    ("1.3.6.1.2.1.25.3.3.1", "hrProcessorFrwID hrProcessorLoad"),
    ("1.3.6.1.2.1.25.3.4.1", "hrNetworkIfIndex"),
    (
        "1.3.6.1.2.1.25.3.5.1",
        "hrPrinterStatus hrPrinterDetectedErrorState",
    ),
    (
        "1.3.6.1.2.1.25.3.6.1",
        "hrDiskStorageAccess hrDiskStorageMedia hrDiskStorageRemoveble hrDiskStorageCapacity",
    ),
    (
        "1.3.6.1.2.1.25.3.7.1",
        "hrPartitionIndex hrPartitionLabel hrPartitionID hrPartitionSize hrPartitionFSIndex",
    ),
    (
        "1.3.6.1.2.1.25.3.8.1",
        "hrFSIndex hrFSMountPoint hrFSRemoteMountPoint hrFSType hrFSAccess hrFSBootable \
         hrFSStorageIndex hrFSLastFullBackupDate hrFSLastPartialBackupDate",
    ),
    ("1.3.6.1.2.1.25.4", "hrSWOSIndex"),
    (
        "1.3.6.1.2.1.25.4.2.1",
        "hrSWRunIndex hrSWRunName hrSWRunID hrSWRunPath hrSWRunParameters hrSWRunType \
         hrSWRunStatus",
    ),
    ("1.3.6.1.2.1.25.5.1.1", "hrSWRunPerfCPU hrSWRunPerfMem"),
    (
        "1.3.6.1.2.1.25.6",
        "hrSWInstalledLastChange hrSWInstalledLastUpdateTime",
    ),
    (
        "1.3.6.1.2.1.25.6.3.1",
        "hrSWInstalledIndex hrSWInstalledName hrSWInstalledID hrSWInstalledType \
         hrSWInstalledDate",
    ),
    // UPS-MIB (RFC 1628).
    (
        "1.3.6.1.2.1.33.1.1",
        "upsIdentManufacturer upsIdentModel upsIdentUPSSoftwareVersion \
         upsIdentAgentSoftwareVersion upsIdentName upsIdentAttachedDevices",
    ),
    (
        "1.3.6.1.2.1.33.1.2",
        "upsBatteryStatus upsSecondsOnBattery upsEstimatedMinutesRemaining \
         upsEstimatedChargeRemaining upsBatteryVoltage upsBatteryCurrent \
         upsBatteryTemperature",
    ),
    ("1.3.6.1.2.1.33.1.3", "upsInputLineBads upsInputNumLines"),
    (
        "1.3.6.1.2.1.33.2",
        "upsTrapOnBattery upsTrapTestCompleted upsTrapAlarmEntryAdded upsTrapAlarmEntryRemoved",
    ),
    (
        "1.3.6.1.2.1.33.1.3.3.1",
        "upsInputLineIndex upsInputFrequency upsInputVoltage upsInputCurrent \
         upsInputTruePower",
    ),
    (
        "1.3.6.1.2.1.33.1.4",
        "upsOutputSource upsOutputFrequency upsOutputNumLines",
    ),
    (
        "1.3.6.1.2.1.33.1.4.4.1",
        "upsOutputLineIndex upsOutputVoltage upsOutputCurrent upsOutputPower \
         upsOutputPercentLoad",
    ),
    ("1.3.6.1.2.1.33.1.5", "upsBypassFrequency upsBypassNumLines"),
    (
        "1.3.6.1.2.1.33.1.5.3.1",
        "upsBypassLineIndex upsBypassVoltage upsBypassCurrent upsBypassPower",
    ),
    ("1.3.6.1.2.1.33.1.6", "upsAlarmsPresent"),
    (
        "1.3.6.1.2.1.33.1.6.2.1",
        "upsAlarmId upsAlarmDescr upsAlarmTime",
    ),
    (
        "1.3.6.1.2.1.33.1.7",
        "upsTestId upsTestSpinLock upsTestResultsSummary upsTestResultsDetail \
         upsTestStartTime upsTestElapsedTime",
    ),
    (
        "1.3.6.1.2.1.33.1.8",
        "upsShutdownType upsShutdownAfterDelay upsStartupAfterDelay upsRebootWithDuration \
         upsAutoRestart",
    ),
    (
        "1.3.6.1.2.1.33.1.9",
        "upsConfigInputVoltage upsConfigInputFreq upsConfigOutputVoltage upsConfigOutputFreq \
         upsConfigOutputVA upsConfigOutputPower upsConfigLowBattTime upsConfigAudibleStatus \
         upsConfigLowVoltageTransferPoint upsConfigHighVoltageTransferPoint",
    ),
    // ENTITY-MIB, ENTITY-SENSOR-MIB, ENTITY-STATE-MIB (RFC 6933, RFC 3433, RFC 4268).
    (
        "1.3.6.1.2.1.47.1.1.1.1",
        "entPhysicalIndex entPhysicalDescr entPhysicalVendorType entPhysicalContainedIn \
         entPhysicalClass entPhysicalParentRelPos entPhysicalName entPhysicalHardwareRev \
         entPhysicalFirmwareRev entPhysicalSoftwareRev entPhysicalSerialNum \
         entPhysicalMfgName entPhysicalModelName entPhysicalAlias entPhysicalAssetID \
         entPhysicalIsFRU entPhysicalMfgDate entPhysicalUris entPhysicalUUID",
    ),
    (
        "1.3.6.1.2.1.47.1.2.1.1",
        "entLogicalIndex entLogicalDescr entLogicalType entLogicalCommunity \
         entLogicalTAddress entLogicalTDomain entLogicalContextEngineID entLogicalContextName",
    ),
    ("1.3.6.1.2.1.47.1.3.2.1", "2:entAliasMappingIdentifier"),
    ("1.3.6.1.2.1.47.1.3.3.1", "entPhysicalChildIndex"),
    ("1.3.6.1.2.1.47.1.4", "entLastChangeTime"),
    (
        "1.3.6.1.2.1.99.1.1.1",
        "entPhySensorType entPhySensorScale entPhySensorPrecision entPhySensorValue \
         entPhySensorOperStatus entPhySensorUnitsDisplay entPhySensorValueTimeStamp \
         entPhySensorValueUpdateRate",
    ),
    (
        "1.3.6.1.2.1.131.1.1.1",
        "entStateLastChanged entStateAdmin entStateOper entStateUsage entStateAlarm \
         entStateStandby",
    ),
    // POWER-ETHERNET-MIB (RFC 3621).
    (
        "1.3.6.1.2.1.105.1.1.1",
        "pethPsePortGroupIndex pethPsePortIndex pethPsePortAdminEnable \
         pethPsePortPowerPairsControlAbility pethPsePortPowerPairs pethPsePortDetectionStatus \
         pethPsePortPowerPriority pethPsePortMPSAbsentCounter pethPsePortType \
         pethPsePortPowerClassifications pethPsePortInvalidSignatureCounter \
         pethPsePortPowerDeniedCounter pethPsePortOverLoadCounter pethPsePortShortCounter",
    ),
    (
        "1.3.6.1.2.1.105.1.3.1.1",
        "pethMainPseGroupIndex pethMainPsePower pethMainPseOperStatus \
         pethMainPseConsumptionPower pethMainPseUsageThreshold",
    ),
    // UCD-SNMP-MIB, UCD-DISKIO-MIB, LM-SENSORS-MIB.
    (
        "1.3.6.1.4.1.2021.2.1",
        "prIndex prNames prMin prMax prCount 100:prErrorFlag prErrMessage prErrFix \
         prErrFixCmd",
    ),
    (
        "1.3.6.1.4.1.2021.4",
        "memIndex memErrorName memTotalSwap memAvailSwap memTotalReal memAvailReal \
         memTotalSwapTXT memAvailSwapTXT memTotalRealTXT memAvailRealTXT memTotalFree \
         memMinimumSwap memShared memBuffer memCached memUsedSwapTXT memUsedRealTXT \
         memTotalSwapX memAvailSwapX memTotalRealX memAvailRealX memTotalFreeX \
         memMinimumSwapX memSharedX memBufferX memCachedX memSysAvail 100:memSwapError \
         memSwapErrorMsg",
    ),
    (
        "1.3.6.1.4.1.2021.8.1",
        "extIndex extNames extCommand 100:extResult extOutput extErrFix extErrFixCmd",
    ),
    (
        "1.3.6.1.4.1.2021.9.1",
        "dskIndex dskPath dskDevice dskMinimum dskMinPercent dskTotal dskAvail dskUsed \
         dskPercent dskPercentNode dskTotalLow dskTotalHigh dskAvailLow dskAvailHigh \
         dskUsedLow dskUsedHigh 100:dskErrorFlag dskErrorMsg",
    ),
    (
        "1.3.6.1.4.1.2021.10.1",
        "laIndex laNames laLoad laConfig laLoadInt laLoadFloat 100:laErrorFlag laErrMessage",
    ),
    (
        "1.3.6.1.4.1.2021.11",
        "ssIndex ssErrorName ssSwapIn ssSwapOut ssIOSent ssIOReceive ssSysInterrupts \
         ssSysContext ssCpuUser ssCpuSystem ssCpuIdle 50:ssCpuRawUser ssCpuRawNice \
         ssCpuRawSystem ssCpuRawIdle ssCpuRawWait ssCpuRawKernel ssCpuRawInterrupt \
         ssIORawSent ssIORawReceived ssRawInterrupts ssRawContexts ssCpuRawSoftIRQ \
         ssRawSwapIn ssRawSwapOut ssCpuRawSteal ssCpuRawGuest ssCpuRawGuestNice ssCpuNumCpus",
    ),
    (
        "1.3.6.1.4.1.2021.13.15.1.1",
        "diskIOIndex diskIODevice diskIONRead diskIONWritten diskIOReads diskIOWrites \
         9:diskIOLA1 diskIOLA5 diskIOLA15 diskIONReadX diskIONWrittenX diskIOBusyTime",
    ),
    (
        "1.3.6.1.4.1.2021.13.16.2.1",
        "lmTempSensorsIndex lmTempSensorsDevice lmTempSensorsValue",
    ),
    (
        "1.3.6.1.4.1.2021.13.16.3.1",
        "lmFanSensorsIndex lmFanSensorsDevice lmFanSensorsValue",
    ),
    (
        "1.3.6.1.4.1.2021.13.16.4.1",
        "lmVoltSensorsIndex lmVoltSensorsDevice lmVoltSensorsValue",
    ),
    (
        "1.3.6.1.4.1.2021.13.16.5.1",
        "lmMiscSensorsIndex lmMiscSensorsDevice lmMiscSensorsValue",
    ),
    (
        "1.3.6.1.4.1.2021.100",
        "versionIndex versionTag versionDate versionCDate versionIdent \
         versionConfigureOptions",
    ),
    // SNMPv3 (RFC 3411 to RFC 3415).
    (
        "1.3.6.1.6.3.10.2.1",
        "snmpEngineID snmpEngineBoots snmpEngineTime snmpEngineMaxMessageSize",
    ),
    (
        "1.3.6.1.6.3.11.2.1",
        "snmpUnknownSecurityModels snmpInvalidMsgs snmpUnknownPDUHandlers",
    ),
    (
        "1.3.6.1.6.3.12.1",
        "snmpTargetSpinLock 4:snmpUnavailableContexts snmpUnknownContexts",
    ),
    (
        "1.3.6.1.6.3.15.1.1",
        "usmStatsUnsupportedSecLevels usmStatsNotInTimeWindows usmStatsUnknownUserNames \
         usmStatsUnknownEngineIDs usmStatsWrongDigests usmStatsDecryptionErrors",
    ),
    ("1.3.6.1.6.3.15.1.2", "usmUserSpinLock"),
    (
        "1.3.6.1.6.3.15.1.2.2.1",
        "usmUserEngineID usmUserName usmUserSecurityName usmUserCloneFrom usmUserAuthProtocol \
         usmUserAuthKeyChange usmUserOwnAuthKeyChange usmUserPrivProtocol \
         usmUserPrivKeyChange usmUserOwnPrivKeyChange usmUserPublic usmUserStorageType \
         usmUserStatus",
    ),
    ("1.3.6.1.6.3.16.1.1.1", "vacmContextName"),
    (
        "1.3.6.1.6.3.16.1.2.1",
        "3:vacmGroupName vacmSecurityToGroupStorageType vacmSecurityToGroupStatus",
    ),
    (
        "1.3.6.1.6.3.16.1.4.1",
        "4:vacmAccessContextMatch vacmAccessReadViewName vacmAccessWriteViewName \
         vacmAccessNotifyViewName vacmAccessStorageType vacmAccessStatus",
    ),
    ("1.3.6.1.6.3.16.1.5", "vacmViewSpinLock"),
    (
        "1.3.6.1.6.3.16.1.5.2.1",
        "3:vacmViewTreeFamilyMask vacmViewTreeFamilyType vacmViewTreeFamilyStorageType \
         vacmViewTreeFamilyStatus",
    ),
    // LLDP-MIB (IEEE 802.1AB).
    (
        "1.0.8802.1.1.2.1.3",
        "lldpLocChassisIdSubtype lldpLocChassisId lldpLocSysName lldpLocSysDesc \
         lldpLocSysCapSupported lldpLocSysCapEnabled",
    ),
    (
        "1.0.8802.1.1.2.1.3.7.1",
        "lldpLocPortNum lldpLocPortIdSubtype lldpLocPortId lldpLocPortDesc",
    ),
    (
        "1.0.8802.1.1.2.1.4.1.1",
        "lldpRemTimeMark lldpRemLocalPortNum lldpRemIndex lldpRemChassisIdSubtype \
         lldpRemChassisId lldpRemPortIdSubtype lldpRemPortId lldpRemPortDesc lldpRemSysName \
         lldpRemSysDesc lldpRemSysCapSupported lldpRemSysCapEnabled",
    ),
    (
        "1.0.8802.1.1.2.1.4.2.1",
        "lldpRemManAddrSubtype 3:lldpRemManAddrIfSubtype lldpRemManAddrIfId lldpRemManAddrOID",
    ),
    // CISCO-PROCESS-MIB.
    (
        "1.3.6.1.4.1.9.9.109.1.1.1.1",
        "cpmCPUTotalIndex cpmCPUTotalPhysicalIndex cpmCPUTotal5sec cpmCPUTotal1min \
         cpmCPUTotal5min cpmCPUTotal5secRev cpmCPUTotal1minRev cpmCPUTotal5minRev",
    ),
];
