"""Reading exports of any form as posts: what `tsshape import` and `tsshape.read_export` do."""
