import Clean
import Records
import Stages
import TestSupport

/// What a cleaning stage makes of a text; nil where it drops the record.
func clean(_ stage: String, _ text: String, _ parameters: [String: String] = [:]) throws -> String?
{
  guard let descriptor = cleanStages.first(where: { $0.name == stage }),
    let made = try descriptor.stage(parameters) as? any RecordStage
  else { throw StageError("no-stage", "no record stage \(stage)") }
  guard case .keep(let record, _) = try made.outcome(of: .text(text), .test()) else { return nil }
  return record.fields().first?.text
}
