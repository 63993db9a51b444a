"""The rest of BMW's catalogue: descriptors that are not in the vocabulary, with the kind of their value and their unit.

Loaded only if the setting ``extra`` needs them. Descriptors in ELSEWHERE are not requested: other calls return their values.
Source: BMW's catalogue of technical descriptors (cardata.md section 4).
"""

from __future__ import absolute_import, unicode_literals

#: descriptor, kind of its value (number, flag, text, any), unit (- = none, or sent by the car)
_TABLE = """
vehicle.body.chargingPort.isHospitalityActive flag -
vehicle.body.chargingPort.isoSessionId text -
vehicle.body.chargingPort.plugEventId number -
vehicle.body.chargingPort.statusClearText text -
vehicle.cabin.hvac.preconditioning.configuration.defaultSettings.seat.row1.driverSide.cooling text -
vehicle.cabin.hvac.preconditioning.configuration.defaultSettings.seat.row1.driverSide.heating text -
vehicle.cabin.hvac.preconditioning.configuration.defaultSettings.seat.row1.passengerSide.cooling text -
vehicle.cabin.hvac.preconditioning.configuration.defaultSettings.seat.row1.passengerSide.heating text -
vehicle.cabin.hvac.preconditioning.configuration.defaultSettings.seat.row2.driverSide.cooling text -
vehicle.cabin.hvac.preconditioning.configuration.defaultSettings.seat.row2.driverSide.heating text -
vehicle.cabin.hvac.preconditioning.configuration.defaultSettings.seat.row2.passengerSide.cooling text -
vehicle.cabin.hvac.preconditioning.configuration.defaultSettings.seat.row2.passengerSide.heating text -
vehicle.cabin.hvac.preconditioning.configuration.defaultSettings.seat.row3.driverSide.cooling text -
vehicle.cabin.hvac.preconditioning.configuration.defaultSettings.seat.row3.driverSide.heating text -
vehicle.cabin.hvac.preconditioning.configuration.defaultSettings.seat.row3.passengerSide.cooling text -
vehicle.cabin.hvac.preconditioning.configuration.defaultSettings.seat.row3.passengerSide.heating text -
vehicle.cabin.hvac.preconditioning.configuration.defaultSettings.steeringWheel.heating text -
vehicle.cabin.hvac.preconditioning.configuration.directStartSettings.seat.row1.driverSide.cooling text -
vehicle.cabin.hvac.preconditioning.configuration.directStartSettings.seat.row1.driverSide.heating text -
vehicle.cabin.hvac.preconditioning.configuration.directStartSettings.seat.row1.passengerSide.cooling text -
vehicle.cabin.hvac.preconditioning.configuration.directStartSettings.seat.row1.passengerSide.heating text -
vehicle.cabin.hvac.preconditioning.configuration.directStartSettings.seat.row2.driverSide.cooling text -
vehicle.cabin.hvac.preconditioning.configuration.directStartSettings.seat.row2.driverSide.heating text -
vehicle.cabin.hvac.preconditioning.configuration.directStartSettings.seat.row2.passengerSide.cooling text -
vehicle.cabin.hvac.preconditioning.configuration.directStartSettings.seat.row2.passengerSide.heating text -
vehicle.cabin.hvac.preconditioning.configuration.directStartSettings.seat.row3.driverSide.cooling text -
vehicle.cabin.hvac.preconditioning.configuration.directStartSettings.seat.row3.driverSide.heating text -
vehicle.cabin.hvac.preconditioning.configuration.directStartSettings.seat.row3.passengerSide.cooling text -
vehicle.cabin.hvac.preconditioning.configuration.directStartSettings.seat.row3.passengerSide.heating text -
vehicle.cabin.hvac.preconditioning.configuration.directStartSettings.steeringWheel.heating text -
vehicle.cabin.hvac.preconditioning.configuration.isRemoteEngineStartDisclaimer flag -
vehicle.cabin.infotainment.navigation.pointsOfInterests.available number -
vehicle.cabin.infotainment.navigation.pointsOfInterests.max number -
vehicle.channel.ista.obfcm.lastTransmissionStatus text -
vehicle.channel.ngtp.timeVehicle text -
vehicle.chassis.axle.wheel.tire.diagnosis any -
vehicle.drivetrain.electricEngine.charging.consumptionOverLifeTime.engineOff.gridEnergy number kWh
vehicle.drivetrain.electricEngine.charging.consumptionOverLifeTime.engineOff.referenceDistance number km
vehicle.drivetrain.electricEngine.charging.consumptionOverLifeTime.engineOn.gridEnergy number kWh
vehicle.drivetrain.electricEngine.charging.consumptionOverLifeTime.engineOn.referenceDistance number km
vehicle.drivetrain.electricEngine.charging.isImmediateChargingSystemReason flag -
vehicle.drivetrain.electricEngine.charging.profile.isRcpConfigComplete flag -
vehicle.drivetrain.electricEngine.charging.profile.mode text -
vehicle.drivetrain.electricEngine.charging.profile.settings.biDirectionalCharging.departureTimeRelevant flag -
vehicle.drivetrain.electricEngine.hvsMaxEnergyAbsolute any kWh
vehicle.drivetrain.fuelSystem.consumptionOverLifeTime.inChargeDepleting.fuel number l
vehicle.drivetrain.fuelSystem.consumptionOverLifeTime.inChargeDepleting.referenceDistanceEngineOff number km
vehicle.drivetrain.fuelSystem.consumptionOverLifeTime.inChargeDepleting.referenceDistanceEngineOn number km
vehicle.drivetrain.fuelSystem.consumptionOverLifeTime.inChargeIncreasing.fuel number l
vehicle.drivetrain.fuelSystem.consumptionOverLifeTime.inChargeIncreasing.referenceDistance number km
vehicle.electricalSystem.battery.serviceDemand.replace any -
vehicle.electricalSystem.battery.stateOfChargePlausibility any -
vehicle.electronicControlUnit.diagnosticTroubleCodes.raw any -
vehicle.extras.optionalEquipment.code any -
vehicle.learningNavigation any -
vehicle.look.image any -
vehicle.powertrain.electric.battery.charging.batteryCarePersisted.isPreservingChargingMode flag -
vehicle.powertrain.electric.battery.charging.batteryCarePersisted.isReducedTargetSoe flag -
vehicle.powertrain.electric.battery.charging.cableCheckVoltage number V
vehicle.powertrain.electric.battery.charging.history.sessionsList any -
vehicle.powertrain.electric.battery.charging.settingsList any -
vehicle.powertrain.electric.chargingDuration.displayControl text -
vehicle.powertrain.electric.departureTime.displayControl text -
vehicle.powertrain.electric.range.displayControl text -
vehicle.powertrain.tractionBattery.charging.port.frontLeft.flap.isAutomaticOpenAndCloseActive flag -
vehicle.powertrain.tractionBattery.charging.port.frontLeft.flap.isOpen flag -
vehicle.powertrain.tractionBattery.charging.port.frontLeft.isPlugged flag -
vehicle.powertrain.tractionBattery.charging.port.frontMiddle.flap.isAutomaticOpenAndCloseActive flag -
vehicle.powertrain.tractionBattery.charging.port.frontMiddle.flap.isOpen flag -
vehicle.powertrain.tractionBattery.charging.port.frontMiddle.isPlugged flag -
vehicle.powertrain.tractionBattery.charging.port.frontRight.flap.isAutomaticOpenAndCloseActive flag -
vehicle.powertrain.tractionBattery.charging.port.frontRight.flap.isOpen flag -
vehicle.powertrain.tractionBattery.charging.port.frontRight.isPlugged flag -
vehicle.powertrain.tractionBattery.charging.port.rearLeft.flap.isAutomaticOpenAndCloseActive flag -
vehicle.powertrain.tractionBattery.charging.port.rearLeft.flap.isOpen flag -
vehicle.powertrain.tractionBattery.charging.port.rearLeft.isPlugged flag -
vehicle.powertrain.tractionBattery.charging.port.rearMiddle.flap.isAutomaticOpenAndCloseActive flag -
vehicle.powertrain.tractionBattery.charging.port.rearMiddle.flap.isOpen flag -
vehicle.powertrain.tractionBattery.charging.port.rearMiddle.isPlugged flag -
vehicle.powertrain.tractionBattery.charging.port.rearRight.flap.isAutomaticOpenAndCloseActive flag -
vehicle.powertrain.tractionBattery.charging.port.rearRight.flap.isOpen flag -
vehicle.powertrain.tractionBattery.charging.port.rearRight.isPlugged flag -
vehicle.privacySettings.dataCollection.regulations.obfcm flag -
vehicle.serviceDemand.defect.id any -
vehicle.sim.status any -
vehicle.status.serviceDistance.yellow number -
vehicle.status.serviceTime.hUandAuServiceYellow number months
vehicle.status.serviceTime.yellow number weeks
vehicle.vehicle.timeSetting text -
vehicle.vehicleIdentification.basicVehicleData any -
vehicle.vehicleIdentification.connectedDriveContractList any -
"""

#: descriptor -> (kind, unit or None)
REST = dict((name, (kind, None if unit == "-" else unit)) for name, kind, unit in (line.split() for line in _TABLE.split("\n") if line))

#: descriptor -> the call that returns its values instead
ELSEWHERE = {
    "vehicle.chassis.axle.wheel.tire.diagnosis": "the tyre diagnosis",
    "vehicle.drivetrain.electricEngine.hvsMaxEnergyAbsolute": "the car's basic data",
    "vehicle.look.image": "the picture",
    "vehicle.powertrain.electric.battery.charging.history.sessionsList": "the charging history",
    "vehicle.powertrain.electric.battery.charging.settingsList": "the charging settings by place",
    "vehicle.vehicleIdentification.basicVehicleData": "the car's basic data",
}
