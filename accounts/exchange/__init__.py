"""Master lists in and out of the admin as workbooks, through the same gate and the same actions as its pages."""
