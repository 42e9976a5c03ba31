public import Stages

extension TrainingOptions {
  /// What holds weights near their start; nil where nothing does.
  var penalty: (any TrainingPenalty)? { values[Keys.penalty].map { PenaltyDescriptor.penalty($0) } }

  /// The files with records of an old task that a penalty reads; none where it reads none.
  public var penaltyData: [PathValue] { penalty?.data ?? [] }

  /// The files that a penalty reads besides.
  public var penaltyFiles: [String] { penalty?.files ?? [] }

  /// Why a penalty does not go with what is trained.
  var penaltyFault: (key: String, problem: String)? {
    guard let component = values[Keys.penalty], let penalty else { return nil }
    let (name, method) = (component.name, values[Keys.method].name)
    let problem: String? =
      if values[Keys.model] == Self.scratch {
        "\(name) holds weights near those that were learned before, and scratch has none; name a "
          + "model, or leave penalty out"
      } else if !MethodDescriptor.named(method).updatesModel {
        "\(name) holds the model's own weights near their start, which \(method) "
          + (searchesMethod ? "may not choose to change; " : "does not change; ")
          + "leave penalty out, or write method: \(Self.methodsOfModel)"
      } else {
        penalty.fault(with: self)
      }
    return problem.map { (Keys.penalty.name, $0) }
  }

  private static var methodsOfModel: String {
    methods.filter(\.updatesModel).map(\.component.name).joined(separator: ", ")
  }
}
