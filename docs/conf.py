"""How the pages are built: `make docs`."""

import os

import tsshape

# Waiting threads must not keep a core busy: the machine may be shared.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

project = "tsshape"
author = "the tsshape developers"
copyright = author  # noqa: A001 (Sphinx's name)
version = release = tsshape.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.autosummary", "numpydoc", "sphinx_gallery.gen_gallery"]
templates_path = ["_templates"]
exclude_patterns = ["_build", "examples"]
source_suffix = {".rst": "restructuredtext", ".md": "markdown"}

# Names between single backticks are links where they are names of tsshape, and code otherwise; explicit roles, as those
# of the pages, must resolve.
default_role = "py:obj"
nitpicky = True
nitpick_ignore_regex = [("py:obj", ".*")]

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

autosummary_generate = True
autosummary_imported_members = True
autosummary_ignore_module_all = False
# Names of the top level are described there, and linked from the module that defines them.
autosummary_context = {"top_level": tsshape.__all__}
autodoc_typehints = "none"
autodoc_member_order = "bysource"
toc_object_entries_show_parents = "hide"
numpydoc_show_class_members = False

sphinx_gallery_conf = {
    "examples_dirs": "examples",
    "gallery_dirs": "gallery",
    "backreferences_dir": "gallery/backreferences",
    "doc_module": ("tsshape",),
    "within_subsection_order": "FileNameSortKey",
    "abort_on_example_error": True,
    "download_all_examples": False,
    "show_signature": False,
    "remove_config_comments": True,
    "min_reported_time": 3600,
    "write_computation_times": False,
}


def skip_generated(_app, _what, name, _member, skip, _options):
    """Leave out what scikit-learn adds to every estimator, with references into its own pages."""
    return skip or (name.startswith("set_") and name.endswith("_request"))


def setup(app):
    """Connect the above."""
    app.connect("autodoc-skip-member", skip_generated)


html_theme = "pydata_sphinx_theme"
html_title = "tsshape"
html_show_sourcelink = False
# Pages at the top have nothing below them to list.
html_sidebars = {"*": []}
html_theme_options = {
    "header_links_before_dropdown": 4,
    "navbar_align": "left",
    "navbar_persistent": ["search-button"],
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": ["sphinx-version"],
    "show_prev_next": True,
}
