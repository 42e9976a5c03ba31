import Records
import Stages

/// `trainer_log.jsonl` with the names of LLaMA-Factory: a line an entry of the history.
///
/// Seconds are left out, so that the file of a run that was killed is that of one that was not; they stand in
/// `timings.json`.
struct TrainerLog {
  let history: LossHistory
  let totalSteps: Int

  func write(to path: String) throws(FileError) {
    let lines = history.entries.map { JSONValue.object(line($0)).text + "\n" }
    try AtomicFile.write(lines.joined().utf8, to: path)
  }

  private func line(_ entry: JSONObject) -> JSONObject {
    let step = entry["step"]?.int ?? 0
    var line: JSONObject = ["current_steps": .integer(step), "total_steps": .integer(totalSteps)]
    for member in entry.members where member.key != "step" {
      line[member.key == "learning_rate" ? "lr" : member.key] = member.value
    }
    let share = Double(step) / Double(max(1, totalSteps))
    line["percentage"] = .real((share * 10_000).rounded() / 100)
    return line
  }
}
