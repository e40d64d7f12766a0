"""A checker of one's own: a real cross-encoder, made on the spot, with the labels that matter."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import ModelSettingError
from assistant.nli import CrossEncoderChecker


def make_model(folder: Path, labels: list[str]) -> Path:
    """Save a tiny untrained cross-encoder with these labels."""
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    words = ["[UNK]", "[PAD]", "[CLS]", "[SEP]", "three", "people", "died", "four"]
    tokenizer = Tokenizer(WordLevel({word: number for number, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        unk_token="[UNK]",
        pad_token="[PAD]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        model_max_length=64,
    )
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=64,
        pad_token_id=1,
        id2label=dict(enumerate(labels)),
        label2id={label: number for number, label in enumerate(labels)},
        num_labels=len(labels),
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    fast.save_pretrained(folder)
    return folder


def test_a_cross_encoder_gives_the_probability_of_entailment(tmp_path: Path) -> None:
    checker = CrossEncoderChecker(str(make_model(tmp_path, ["contradiction", "Entailment", "neutral"])))
    checker.warm_up()
    assert 0.0 < checker.entailment("three people died", "three people died") < 1.0


def test_a_model_without_that_label_is_refused(tmp_path: Path) -> None:
    checker = CrossEncoderChecker(str(make_model(tmp_path, ["bad", "good"])))
    with pytest.raises(ModelSettingError, match="no label for entailment"):
        checker.warm_up()


def test_a_folder_without_a_model_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelSettingError, match="cannot be loaded"):
        CrossEncoderChecker(str(tmp_path)).warm_up()
