import ArgumentParser
import Pipeline
import Records
import Stages

/// `anneal check FILE`.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check a whole pipeline file before a byte is read: every fault at once.",
    discussion: """
      Example: anneal check pipelines/quickstart.yaml --set train.epochs=1

      Where nothing is wrong and the file trains, it then reads a sample of the data and measures some \
      steps, which takes seconds, and says what memory and time the training will take.
      """)

  @OptionGroup var pipeline: PipelineOptions

  @Flag(
    inversion: .prefixedNo,
    help: "Say what memory and time training will take; reads data and takes some steps.")
  var estimate = true

  @OptionGroup var common: CommonOptions

  func run() throws {
    let plan = try pipeline.plan()
    let notes = try PipelineCheck.inputs(of: plan)
    let forecast = estimate ? try forecast(plan) : nil
    guard !common.json else {
      var object = plan.object
      switch forecast {
      case .success(let forecast?)?: object["estimate"] = .object(forecast.object)
      case .failure(let error)?: object["estimate"] = ["unknown": .string("\(error)")]
      case .success(nil)?, nil: break
      }
      Output.write(JSONValue.object(object).prettyText)
      return
    }
    Output.write(Self.text(plan, notes, forecast))
  }

  /// What training will take, or why that cannot be told, which is no fault of the file.
  private func forecast(_ plan: PipelinePlan) throws -> Result<PipelineForecast?, any Error> {
    do {
      return .success(
        try PipelineForecast(plan, threads: common.threadCount) { try pipeline.plan(with: $0) })
    } catch let error as Interrupted {
      throw error
    } catch {
      return .failure(error)
    }
  }

  private static func text(
    _ plan: PipelinePlan, _ notes: [String], _ forecast: Result<PipelineForecast?, any Error>?
  ) -> String {
    var text = "\(plan.name): \(plan.steps.count.counted("stage")), in the order they run\n"
    let width = 1 + max(19, plan.steps.map(\.label.count).max() ?? 0)
    for (index, step) in plan.steps.enumerated() {
      text += "  \(index + 1)  \(step.label.padded(to: width))\(step.descriptor.summary)"
      if let memory = step.descriptor.memory { text += " Memory: \(memory)." }
      text += "\n"
    }
    for note in plan.notes + notes { text += "note: \(note)\n" }
    if let training = plan.trainingSummary { text += "then  \(training)\n" }
    switch forecast {
    case .success(let forecast?)?:
      for line in forecast.lines { text += "\(line)\n" }
      if let warning = forecast.warning { text += "warning: \(warning)\n" }
    case .failure(let error)?: text += "      memory and time are not foretold: \(error)\n"
    case .success(nil)?, nil: break
    }
    for line in PipelineCheck.candidates(of: plan) { text += "\(line)\n" }
    if !plan.metrics.isEmpty {
      text += "then  evaluate \(plan.metrics.map(\.name).joined(separator: ", "))\n"
    }
    return text + "nothing is wrong\n"
  }
}
