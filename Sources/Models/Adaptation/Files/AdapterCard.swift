import Tensors

/// The `README.md` of an adapter: what it is, and how it is used.
struct AdapterCard {
  let base: String?
  let method: String
  let layout: AdapterLayout
  let model: any Model
  let trained: Int

  /// The card as markdown with the front matter that the hub reads.
  var text: String {
    """
    ---
    library_name: \(library)
    \(base.map { "base_model: \($0)\n" } ?? "")tags:
    - \(method.lowercased())
    - anneal
    ---

    # Adapter

    An adapter (\(method)) of \(base.map { "`\($0)`" } ?? "a model"), trained with Anneal.
    It holds \(trained) trained values; the model has \
    \(model.parameters.reduce(0) { $0 + $1.tensor.count }).

    ```sh
    anneal forward --model BASE --adapter THIS-FOLDER
    \(isMergeable ? "anneal export BASE --adapter THIS-FOLDER --merge --out MERGED\n" : "")```

    \(loading)
    """
  }

  private var library: String {
    switch layout {
    case .peft: "peft"
    case .adapterHub: "adapter-transformers"
    case .anneal: "anneal"
    }
  }

  /// Whether weights alone can hold what the adapter does.
  private var isMergeable: Bool { MergedModel.obstacle(in: model) == nil }

  private var loading: String {
    switch layout {
    case .peft:
      python(
        "from peft import PeftModel\nmodel = PeftModel.from_pretrained(base_model, \"THIS-FOLDER\")"
      )
    case .adapterHub:
      python("import adapters\nadapters.init(base_model)\nbase_model.load_adapter(\"THIS-FOLDER\")")
    case .anneal:
      "PEFT would compute something else with it, so that it is not laid out for PEFT.\n"
    }
  }

  private func python(_ lines: String) -> String { "```python\n\(lines)\n```\n" }
}
