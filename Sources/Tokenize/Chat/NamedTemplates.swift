/// Templates by the names that users of LLaMA-Factory and axolotl know.
///
/// Written after the formats that the models' makers document. They take a system prompt, several
/// turns, and begin with `bos_token` where the model does.
extension ChatTemplate {
  /// The names, and what each writes.
  public static let names: [String] = named.map(\.name)

  /// The template with a name or an alias of it; nil where there is none.
  /// - Throws: `ChatTemplateError` never for a template of this list, which the tests render.
  public static func named(_ name: String) throws(ChatTemplateError) -> ChatTemplate? {
    let wanted = aliases[name] ?? name
    guard let template = named.first(where: { $0.name == wanted }) else { return nil }
    return try ChatTemplate(
      template.source, name: template.name, ends: turnEnds.filter(template.source.contains))
  }

  /// Other names of the same formats.
  public static let aliases: [String: String] = [
    "qwen2": "qwen", "qwen2.5": "qwen", "qwen25": "qwen", "llama-2": "llama2", "llama-3": "llama3",
    "llama3.1": "llama3", "llama3.2": "llama3", "phi-3": "phi3", "phi": "phi3", "phi-4": "phi4",
    "gemma2": "gemma", "gemma3": "gemma", "deepseek3": "deepseek-v3", "deepseekv3": "deepseek-v3",
    "glm4": "chatglm", "command-r": "cohere", "tulu": "olmo", "granite3": "granite",
    "mistral_v1": "mistral",
  ]

  /// What ends a turn in one of the templates or another.
  private static let turnEnds = [
    "<|im_end|>", "<|eot_id|>", "<end_of_turn>", "<|end|>", "<｜end▁of▁sentence｜>",
    "<|END_OF_TURN_TOKEN|>", "<|end_of_text|>",
  ]

  private static let named: [(name: String, source: String)] = [
    ("chatml", chatML), ("qwen", qwen), ("yi", chatML), ("llama2", llama2), ("llama3", llama3),
    ("mistral", mistral), ("gemma", gemma), ("vicuna", vicuna), ("zephyr", zephyr), ("phi3", phi3),
    ("phi4", phi4), ("deepseek", deepSeek), ("deepseek-v3", deepSeekV3), ("cohere", cohere),
    ("granite", granite), ("olmo", olmo), ("falcon", falcon), ("chatglm", chatGLM),
  ]

  private static let chatML = #"""
    {%- for message in messages -%}
    <|im_start|>{{ message.role }}
    {{ message.content }}<|im_end|>
    {% endfor -%}
    {%- if add_generation_prompt -%}
    <|im_start|>assistant
    {% endif -%}
    """#

  private static let qwen = #"""
    {%- if messages[0].role != 'system' -%}
    <|im_start|>system
    You are Qwen, created by Alibaba Cloud. You are a helpful assistant.<|im_end|>
    {% endif -%}
    {%- for message in messages -%}
    <|im_start|>{{ message.role }}
    {{ message.content }}<|im_end|>
    {% endfor -%}
    {%- if add_generation_prompt -%}
    <|im_start|>assistant
    {% endif -%}
    """#

  private static let llama2 = #"""
    {%- set ns = namespace(system='') -%}
    {%- for message in messages -%}
      {%- if message.role == 'system' -%}
        {%- set ns.system = '<<SYS>>\n' ~ message.content ~ '\n<</SYS>>\n\n' -%}
      {%- elif message.role == 'user' -%}
        {{- bos_token ~ '[INST] ' ~ ns.system ~ message.content ~ ' [/INST]' -}}
        {%- set ns.system = '' -%}
      {%- elif message.role == 'assistant' -%}
        {{- ' ' ~ message.content ~ ' ' ~ eos_token -}}
      {%- endif -%}
    {%- endfor -%}
    """#

  private static let llama3 = #"""
    {{- bos_token -}}
    {%- for message in messages -%}
    <|start_header_id|>{{ message.role }}<|end_header_id|>

    {{ message.content | trim }}<|eot_id|>
    {%- endfor -%}
    {%- if add_generation_prompt -%}
    <|start_header_id|>assistant<|end_header_id|>

    {% endif -%}
    """#

  private static let mistral = #"""
    {{- bos_token -}}
    {%- set ns = namespace(system='') -%}
    {%- for message in messages -%}
      {%- if message.role == 'system' -%}
        {%- set ns.system = message.content ~ '\n\n' -%}
      {%- elif message.role == 'user' -%}
        {{- '[INST] ' ~ ns.system ~ message.content ~ '[/INST]' -}}
        {%- set ns.system = '' -%}
      {%- elif message.role == 'assistant' -%}
        {{- ' ' ~ message.content ~ eos_token -}}
      {%- endif -%}
    {%- endfor -%}
    """#

  private static let gemma = #"""
    {{- bos_token -}}
    {%- set ns = namespace(system='') -%}
    {%- for message in messages -%}
      {%- if message.role == 'system' -%}
        {%- set ns.system = message.content ~ '\n\n' -%}
      {%- else -%}
        {{- '<start_of_turn>' ~ ('model' if message.role == 'assistant' else 'user') ~ '\n' -}}
        {%- if message.role == 'user' -%}
          {{- ns.system -}}
          {%- set ns.system = '' -%}
        {%- endif -%}
        {{- message.content | trim ~ '<end_of_turn>\n' -}}
      {%- endif -%}
    {%- endfor -%}
    {%- if add_generation_prompt -%}{{- '<start_of_turn>model\n' -}}{%- endif -%}
    """#

  private static let vicuna = #"""
    {{- bos_token -}}
    {%- if messages[0].role != 'system' -%}
      {{- 'A chat between a curious user and an artificial intelligence assistant. The assistant gives helpful, detailed, and polite answers to the user\'s questions. ' -}}
    {%- endif -%}
    {%- for message in messages -%}
      {%- if message.role == 'system' -%}{{- message.content ~ ' ' -}}
      {%- elif message.role == 'assistant' -%}{{- ' ASSISTANT: ' ~ message.content ~ eos_token -}}
      {%- else -%}{{- 'USER: ' ~ message.content -}}
      {%- endif -%}
    {%- endfor -%}
    {%- if add_generation_prompt -%}{{- ' ASSISTANT:' -}}{%- endif -%}
    """#

  private static let zephyr = #"""
    {%- for message in messages -%}
      {{- '<|' ~ message.role ~ '|>\n' ~ message.content ~ eos_token ~ '\n' -}}
    {%- endfor -%}
    {%- if add_generation_prompt -%}{{- '<|assistant|>\n' -}}{%- endif -%}
    """#

  private static let phi3 = #"""
    {%- for message in messages -%}
      {{- '<|' ~ message.role ~ '|>\n' ~ message.content ~ '<|end|>\n' -}}
    {%- endfor -%}
    {%- if add_generation_prompt -%}{{- '<|assistant|>\n' -}}{%- endif -%}
    """#

  private static let phi4 = #"""
    {%- for message in messages -%}
      {{- '<|im_start|>' ~ message.role ~ '<|im_sep|>' ~ message.content ~ '<|im_end|>' -}}
    {%- endfor -%}
    {%- if add_generation_prompt -%}{{- '<|im_start|>assistant<|im_sep|>' -}}{%- endif -%}
    """#

  private static let deepSeek = #"""
    {{- bos_token -}}
    {%- for message in messages -%}
      {%- if message.role == 'system' -%}{{- message.content ~ '\n\n' -}}
      {%- elif message.role == 'assistant' -%}{{- 'Assistant: ' ~ message.content ~ eos_token -}}
      {%- else -%}{{- 'User: ' ~ message.content ~ '\n\n' -}}
      {%- endif -%}
    {%- endfor -%}
    {%- if add_generation_prompt -%}{{- 'Assistant:' -}}{%- endif -%}
    """#

  private static let deepSeekV3 = #"""
    {{- bos_token -}}
    {%- for message in messages -%}
      {%- if message.role == 'system' -%}{{- message.content -}}
      {%- elif message.role == 'assistant' -%}
        {{- '<｜Assistant｜>' ~ message.content ~ '<｜end▁of▁sentence｜>' -}}
      {%- else -%}{{- '<｜User｜>' ~ message.content -}}
      {%- endif -%}
    {%- endfor -%}
    {%- if add_generation_prompt -%}{{- '<｜Assistant｜>' -}}{%- endif -%}
    """#

  private static let cohere = #"""
    {{- bos_token -}}
    {%- set speakers = {'system': 'SYSTEM', 'user': 'USER', 'assistant': 'CHATBOT', 'tool': 'SYSTEM'} -%}
    {%- for message in messages -%}
      {{- '<|START_OF_TURN_TOKEN|><|' ~ speakers[message.role] ~ '_TOKEN|>' -}}
      {{- message.content ~ '<|END_OF_TURN_TOKEN|>' -}}
    {%- endfor -%}
    {%- if add_generation_prompt -%}{{- '<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>' -}}{%- endif -%}
    """#

  private static let granite = #"""
    {%- for message in messages -%}
      {{- '<|start_of_role|>' ~ message.role ~ '<|end_of_role|>' ~ message.content ~ '<|end_of_text|>\n' -}}
    {%- endfor -%}
    {%- if add_generation_prompt -%}
      {{- '<|start_of_role|>assistant<|end_of_role|>' -}}
    {%- endif -%}
    """#

  private static let olmo = #"""
    {{- bos_token -}}
    {%- for message in messages -%}
      {{- '<|' ~ message.role ~ '|>\n' ~ message.content -}}
      {{- eos_token if message.role == 'assistant' -}}
      {{- '\n' if not (loop.last and message.role == 'assistant') -}}
    {%- endfor -%}
    {%- if add_generation_prompt -%}{{- '<|assistant|>\n' -}}{%- endif -%}
    """#

  private static let falcon = #"""
    {%- for message in messages -%}
      {%- if message.role == 'system' -%}{{- message.content -}}
      {%- elif message.role == 'assistant' -%}{{- 'Falcon: ' ~ message.content ~ eos_token -}}
      {%- else -%}{{- 'User: ' ~ message.content -}}
      {%- endif -%}
      {{- '\n' if not loop.last -}}
    {%- endfor -%}
    {%- if add_generation_prompt -%}{{- '\nFalcon:' -}}{%- endif -%}
    """#

  private static let chatGLM = #"""
    {{- '[gMASK]<sop>' -}}
    {%- for message in messages -%}
      {{- '<|' ~ ('observation' if message.role == 'tool' else message.role) ~ '|>\n' ~ message.content -}}
    {%- endfor -%}
    {%- if add_generation_prompt -%}{{- '<|assistant|>' -}}{%- endif -%}
    """#
}
