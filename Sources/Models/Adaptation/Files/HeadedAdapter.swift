import Records
import Tensors

/// A parameter of the model that an adapter's files hold besides.
struct HeldParameter {
  let parameter: NamedParameter
  /// What it is filed as, where that is not its own name: PEFT looks for a weight that has an update
  /// under the name of the layer behind it.
  let name: String?
}

/// An adapter whose files hold parameters of the model that its configuration does not name, such as
/// a head: saved again, it holds them too.
struct HeadedAdapter: ModelAdapter {
  private let adapter: any ModelAdapter
  private let held: [HeldParameter]
  private let frozen: Set<String>

  /// - Parameters:
  ///   - held: The parameters of the model that the files hold besides.
  ///   - frozen: The names of those that training leaves as they are.
  init(_ adapter: any ModelAdapter, _ held: [HeldParameter], frozen: Set<String>) {
    self.adapter = adapter
    self.held = held
    self.frozen = frozen
  }

  var parameters: [NamedParameter] {
    adapter.parameters + held.map(\.parameter).filter { !frozen.contains($0.name) }
  }
  var tensors: [AdapterTensor] {
    adapter.tensors
      + held.map { held in
        AdapterTensor(
          held.name ?? held.parameter.name, held.parameter.tensor, isOfModel: true)
      }
  }
  var configuration: JSONObject { adapter.configuration }
  var layout: AdapterLayout { adapter.layout }
  var reasonAgainstPEFT: (problem: String, remedy: String)? { adapter.reasonAgainstPEFT }
  var state: [AdapterTensor] { adapter.state }

  func begin(steps: Int) throws(ModelError) { try adapter.begin(steps: steps) }
  func penalty(_ tape: Tape) -> Tensor? { adapter.penalty(tape) }
  func didStep(_ step: AdapterStep) { adapter.didStep(step) }
}
