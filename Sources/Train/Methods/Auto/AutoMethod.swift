import Models
import Stages

/// Finds by successive halving which method, of which size and where, does best under limits.
///
/// It prepares no model itself: `MethodSearch` trains candidates for a share of the steps, and a run goes
/// on with the options that it has chosen.
struct AutoMethod: TrainingMethod {
  static let descriptor = MethodDescriptor(
    component: ComponentDescriptor(
      "auto", aliases: ["autopeft", "auto-peft"],
      "Method, size and placement are searched: candidates train for a share of the steps, the best go on.",
      parameters: SearchKeys.all, check: SearchKeys.faults),
    make: { _ in AutoMethod() })

  func prepare(
    _ model: any Model, _ start: MethodStart
  ) throws(TrainingError) -> PreparedMethod {
    throw TrainingError(
      "method 'auto' must be searched for before anything is trained by it",
      remedy: "run the pipeline with 'anneal run'")
  }
}

/// What `auto` takes in a pipeline file.
enum SearchKeys {
  static let time = Parameter<SearchTime?>(
    "time", default: nil,
    "The most time of the search, such as 30m; no trial begins behind it. Which ones do hangs on the "
      + "machine.")
  static let memory = Parameter<SearchMemory?>(
    "memory", default: nil,
    "The most memory of a training, such as 8GB: of weights, gradients and optimizer before it is "
      + "tried, and of the whole process while it is.")
  static let parameters = Parameter<SearchSize?>(
    "parameters", default: nil,
    "The most trained parameters: a number such as 300k, or a share of the model's such as 2%.")
  static let eta = Parameter(
    "eta", default: 3, aliases: ["reduction_factor"],
    "One in so many candidates goes on to train for so many times the steps.",
    check: { (2...10).contains($0) ? nil : "must be from 2 to 10" })
  static let methods = Parameter<[String]?>(
    "methods", default: nil, aliases: ["candidates"],
    "The methods among which is searched; all that candidates are listed of by default.")

  static let all: [any AnyParameter] = [time, memory, parameters, eta, methods]

  static let faults: @Sendable (ParameterValues) -> [Diagnostic] = { values in
    let known = MethodCandidate.methods
    return (values[methods] ?? []).filter { !known.contains($0) }.map {
      Diagnostic(
        "has no candidates of method '\($0)'", remedy: Suggestion.remedy(for: $0, among: known))
    } + (values[methods] == [] ? [Diagnostic("has no methods", remedy: "leave methods out")] : [])
  }
}
