import Stages

/// A way in which an instruction is evolved (WizardLM, arXiv 2304.12244, 2.2).
enum EvolOperation: String, ChoiceValue, CaseIterable {
  /// In depth: one more thing that the answer must keep to.
  case constraints
  /// In depth: more of the matter is asked about.
  case deepen
  /// In depth: general notions become particular ones.
  case concretize
  /// In depth: what takes one step of reasoning takes several.
  case reasoning
  /// In breadth: another instruction of the same domain, about something rarer.
  case breadth

  /// What a prompt tells the model to do; nil in breadth, which has a prompt of its own.
  var method: String? {
    switch self {
    case .constraints:
      "Add one more constraint or requirement that the answer has to keep to."
    case .deepen:
      "Where it asks about some matter, ask about more of that matter, and further into it."
    case .concretize: "Put more particular notions in the place of general ones."
    case .reasoning:
      "Where it can be solved in a few steps of thought, make it need several steps of reasoning."
    case .breadth: nil
    }
  }
}
