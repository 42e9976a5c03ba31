import ArgumentParser
import Foundation
import Pipeline
import Records
import Tensors

/// `anneal doctor`.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Show what this machine offers, or what must hold of a model and its training.",
    discussion: """
      Examples:
        anneal doctor --json
        anneal doctor --model runs/medical

      Without a model: processor, BLAS kernels, memory, caches, models. With one, measured on random \
      texts: a batch of 8 has the loss and gradient of 4 × 2 and 2 × 4; padding and packing change no \
      output; LoRA changes none at step 0, and none when it is merged; every parameter gets a \
      gradient. Each with its difference, relative to the larger of 1 and the largest value, and the \
      most that is good; the exit code is 1 where one is exceeded.
      """)

  @Option(
    help: ArgumentHelp("The folder of a run, or a model's folder or name.", valueName: "dir"),
    completion: .directory)
  var model: String?

  @OptionGroup var common: CommonOptions

  func run() throws {
    let isHealthy = try model.map { try examine($0) } ?? examineMachine()
    if !isHealthy { throw ExitCode(1) }
  }

  private func examine(_ model: String) throws -> Bool {
    Engine.threads = common.threadCount
    let examination = try ModelExamination(model: model)
    if common.json {
      Output.write(examination.json.prettyText)
      return examination.isSound
    }
    let width = examination.findings.map(\.topic.count).max() ?? 0
    for finding in examination.findings {
      let mark = finding.isGood ? common.console.green("ok  ") : common.console.red("bad ")
      let note = finding.note.map { " (\($0))" } ?? ""
      Output.write(
        "\(mark) \(finding.topic.padded(to: width)) \(Self.short(finding.difference)), at most "
          + "\(Self.short(finding.limit))\(note)\n")
    }
    return examination.isSound
  }

  /// A difference in two digits, such as `1.2e-07`.
  private static func short(_ number: Double) -> String {
    guard number.isFinite else { return "no number" }
    return number == number.rounded()
      ? String(format: "%.0f", number) : String(format: "%.1e", number)
  }

  private func examineMachine() -> Bool {
    let doctor = Doctor()
    if common.json {
      Output.write(doctor.json.prettyText)
      return doctor.isHealthy
    }
    let console = common.console
    for finding in doctor.findings {
      let mark =
        switch finding.grade {
        case .good: console.green("ok  ")
        case .note: "note"
        case .fault: console.red("bad ")
        }
      let remedy = finding.remedy.map { " (\($0))" } ?? ""
      Output.write("\(mark) \(finding.topic.padded(to: 12)) \(finding.text)\(remedy)\n")
    }
    return doctor.isHealthy
  }
}
