import ArgumentParser
import Pipeline
import Records

/// `anneal doctor`.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Show what this machine offers: processor, BLAS kernels, memory, caches, models.",
    discussion: "Example: anneal doctor --json")

  @OptionGroup var common: CommonOptions

  func run() throws {
    let doctor = Doctor()
    if common.json {
      Output.write(doctor.json.prettyText)
    } else {
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
    }
    if !doctor.isHealthy { throw ExitCode(1) }
  }
}
