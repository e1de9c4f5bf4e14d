"""Stored templates: create, change, read, test."""

from collections.abc import Mapping

from pismo.ses_sim import limits, reading
from pismo.ses_sim.errors import already_exists, bad_request, limit_exceeded, not_found
from pismo.ses_sim.handlebars import (
    MissingValueError,
    Template,
    TemplateSyntaxError,
    compile_template,
)
from pismo.ses_sim.letters import mime_of_template
from pismo.ses_sim.paging import listing, page
from pismo.ses_sim.reading import Json
from pismo.ses_sim.state import State, StoredTemplate


def create(state: State, _path: Mapping[str, str], body: Json) -> Json:
    """Answer CreateEmailTemplate."""
    name = limits.template_name(reading.required(body, "TemplateName"))
    if name in state.templates:
        raise already_exists(f"Template {name} already exists.")
    if len(state.templates) >= limits.TEMPLATES:
        raise limit_exceeded(f"the account has {limits.TEMPLATES} templates, and no room for more")
    state.templates[name] = _stored(state, name, reading.record(body, "TemplateContent"))
    return {}


def update(state: State, path: Mapping[str, str], body: Json) -> Json:
    """Answer UpdateEmailTemplate."""
    name = find(state, path["TemplateName"]).name
    state.templates[name] = _stored(state, name, reading.record(body, "TemplateContent"))
    return {}


def get(state: State, path: Mapping[str, str], _body: Json) -> Json:
    """Answer GetEmailTemplate."""
    found = find(state, path["TemplateName"])
    content = {"Subject": found.subject, "Html": found.html, "Text": found.text}
    kept = {key: value for key, value in content.items() if value}
    return {"TemplateName": found.name, "TemplateContent": kept}


def delete(state: State, path: Mapping[str, str], _body: Json) -> Json:
    """Answer DeleteEmailTemplate."""
    del state.templates[find(state, path["TemplateName"]).name]
    return {}


def list_all(state: State, path: Mapping[str, str], _body: Json) -> Json:
    """Answer ListEmailTemplates."""
    items = [
        {"TemplateName": one.name, "CreatedTimestamp": one.created.timestamp()}
        for one in state.templates.values()
    ]
    found, token = page(items, path.get("NextToken", ""), path.get("PageSize"), most=100)
    return listing("TemplatesMetadata", found, token)


def test_render(state: State, path: Mapping[str, str], body: Json) -> Json:
    """Answer TestRenderEmailTemplate: the whole message, or what is missing."""
    found = find(state, path["TemplateName"])
    values = limits.template_data(reading.required(body, "TemplateData"), "TemplateData")
    try:
        subject, html, text = (part.render(values) for part in found.parts)
    except MissingValueError as error:
        raise bad_request(str(error)) from error
    return {"RenderedTemplate": mime_of_template(subject, html, text, state.now())}


def find(state: State, name: str) -> StoredTemplate:
    """Return a stored template; refuse an unknown one."""
    if name not in state.templates:
        raise not_found(f"Template {name} does not exist.")
    return state.templates[name]


def compiled(parts: tuple[str, str, str]) -> tuple[Template, Template, Template]:
    """Compile subject, html and text; refuse what cannot be read."""
    try:
        subject, html, text = (compile_template(part) for part in parts)
    except TemplateSyntaxError as error:
        raise bad_request(f"the template is not valid: {error}") from error
    except RecursionError as error:
        raise bad_request("the template is not valid: blocks nested too deeply") from error
    return subject, html, text


def _stored(state: State, name: str, content: Json) -> StoredTemplate:
    parts = limits.template_parts(content)
    return StoredTemplate(name, *parts, state.now(), compiled(parts))
