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
    library_name: \(layout == .peft ? "peft" : "adapter-transformers")
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
    \(layout == .peft ? "anneal export BASE --adapter THIS-FOLDER --merge --out MERGED\n" : "")```

    ```python
    \(loading)
    ```

    """
  }

  private var loading: String {
    switch layout {
    case .peft:
      "from peft import PeftModel\nmodel = PeftModel.from_pretrained(base_model, \"THIS-FOLDER\")"
    case .adapterHub:
      "import adapters\nadapters.init(base_model)\nbase_model.load_adapter(\"THIS-FOLDER\")"
    }
  }
}
