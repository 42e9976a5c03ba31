package import Records
package import Stages

/// The last stage of both arms where one of them evaluates on records that the other does not: they
/// are left out, with a line in the ledger, so that both are scored and chosen by the same records.
package struct CommonRecords: RecordStage {
  private let ids: Set<String>

  package func outcome(of record: Record, _ context: StageContext) throws(StageError) -> Outcome {
    guard let side = record.side, side != .train, !ids.contains(record.id) else {
      return .keep(record)
    }
    return .drop(Reason("not-in-both-arms", ["side": .string(side.rawValue)]))
  }

  private static let records = Parameter<String>(
    required: "records", "A hash of the ids of the records that both arms are evaluated on.")

  /// The stage as a step of a plan.
  ///
  /// - Throws: `Diagnostics` never in practice: the parameters are our own.
  package static func step(_ ids: Set<String>) throws -> StageStep {
    let name = "ablate.common-records"
    let place = Place(file: name)
    let hash = ContentHash.of(ids.sorted().joined(separator: "\n"))
    let node = ConfigurationNode(
      .map([
        .init(
          key: records.name, place: place,
          node: ConfigurationNode(.scalar(hash, quoted: true), place: place, base: "."))
      ]), place: place, base: ".")
    let descriptor = StageDescriptor(
      name, "Leaves out evaluation records that only one arm of an ablation has.",
      role: .cleaning, parameters: [records], example: "\(name): {records: HASH}",
      make: { _ in CommonRecords(ids: ids) })
    var diagnostics = Diagnostics()
    guard
      let values = ParameterValues.read(
        descriptor.parameters + CommonParameters.all, from: node, owner: name, into: &diagnostics)
    else { throw diagnostics }
    return StageStep(
      label: name, descriptor: descriptor, values: values,
      onError: values[CommonParameters.onError], stage: CommonRecords(ids: ids))
  }
}
