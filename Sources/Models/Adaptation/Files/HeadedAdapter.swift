import Records
import Tensors

/// An adapter whose files hold parameters of the model that its configuration does not name, such as
/// a head: saved again, it holds them too.
struct HeadedAdapter: ModelAdapter {
  private let adapter: any ModelAdapter
  private let held: [NamedParameter]
  private let frozen: Set<String>

  /// - Parameters:
  ///   - held: The parameters of the model that the files hold besides.
  ///   - frozen: The names of those that training leaves as they are.
  init(_ adapter: any ModelAdapter, _ held: [NamedParameter], frozen: Set<String>) {
    self.adapter = adapter
    self.held = held
    self.frozen = frozen
  }

  var parameters: [NamedParameter] {
    adapter.parameters + held.filter { !frozen.contains($0.name) }
  }
  var tensors: [AdapterTensor] {
    adapter.tensors + held.map { AdapterTensor($0.name, $0.tensor, isOfModel: true) }
  }
  var configuration: JSONObject { adapter.configuration }
  var layout: AdapterLayout { adapter.layout }
  var reasonAgainstPEFT: (problem: String, remedy: String)? { adapter.reasonAgainstPEFT }
  var state: [AdapterTensor] { adapter.state }

  func begin(steps: Int) throws(ModelError) { try adapter.begin(steps: steps) }
  func penalty(_ tape: Tape) -> Tensor? { adapter.penalty(tape) }
  func didStep(_ step: AdapterStep) { adapter.didStep(step) }
}
