public import Records
public import Stages

extension CollectionStage {
  /// What becomes of each of some records, which are all that the stage sees.
  public func outcomes(of records: [Record], _ context: StageContext) throws -> [Outcome] {
    let folder = try TemporaryFolder()
    var lines: [UInt8] = []
    for record in records {
      record.write(to: &lines)
      lines.append(0x0A)
    }
    let path = try folder.write(String(decoding: lines, as: UTF8.self), to: "records.jsonl")
    return try withExtendedLifetime(folder) {
      let plan = try plan(
        RecordCollection(path: path, count: records.count, threads: context.threads), context)
      return try records.enumerated().map { index, record in
        if leaves(recordAt: index, plan) { return .keep(record) }
        return try outcome(of: record, at: index, plan, context)
      }
    }
  }
}

extension Outcome {
  /// The children that are derived, those that were refused too; none where there are none.
  public var children: [Derived] {
    if case .derive(_, let children) = self { children } else { [] }
  }
}
