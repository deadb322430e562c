"""How expectations of our own are said in Great Expectations' reports: in the catalogue's words."""

from typing import Any

from great_expectations.core import ExpectationValidationResult
from great_expectations.expectations.expectation import render_suite_parameter_string
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
from great_expectations.render.components import (
    LegacyRendererType,
    RenderedStringTemplateContent,
)
from great_expectations.render.renderer.renderer import renderer
from great_expectations.render.renderer_configuration import (
    RendererConfiguration,
    RendererValueType,
)

from broadsheet.validate.catalogue import KINDS


class Worded:
    """Gives an expectation class its renderers: for Data Docs, and the atomic one for programs."""

    @classmethod
    def _prescriptive_template(
        cls, renderer_configuration: RendererConfiguration[Any]
    ) -> RendererConfiguration[Any]:
        template, params = _said(
            renderer_configuration.expectation_type, renderer_configuration.kwargs
        )
        for name, value in params.items():
            renderer_configuration.add_param(
                name=name, param_type=RendererValueType.STRING, value=value
            )
        renderer_configuration.template_str = template
        return renderer_configuration

    @classmethod
    @renderer(renderer_type=LegacyRendererType.PRESCRIPTIVE)
    @render_suite_parameter_string
    def _prescriptive_renderer(
        cls,
        configuration: ExpectationConfiguration | None = None,
        result: ExpectationValidationResult | None = None,
        runtime_configuration: dict[str, Any] | None = None,
    ) -> list[RenderedStringTemplateContent]:
        del runtime_configuration  # styles, of which there are none here
        declared = configuration or (result.expectation_config if result else None)
        if declared is None:
            raise ValueError("A renderer needs a configuration or a result that has one.")
        template, params = _said(declared.type, declared.kwargs)
        return [
            RenderedStringTemplateContent(
                content_block_type="string_template",
                string_template={"template": template, "params": params},
            )
        ]


def _said(kind: str, kwargs: dict[str, Any]) -> tuple[str, dict[str, str]]:
    """Return a rule's words with ``$`` before each argument, and the arguments as strings."""
    declared = KINDS[kind]
    template = declared.words.format_map({name: f"${name}" for name in declared.arguments})
    params = {name: str(value) for name, value in kwargs.items() if name in declared.required}
    mostly = kwargs.get("mostly", 1)
    if mostly != 1:
        template += ", in at least $mostly of the rows"
        params["mostly"] = f"{mostly:.1%}"
    return f"{template}.", params
