# Run by prepare.sh under `rails runner`, on a database of its own: what Redmine's REST API cannot make.
Setting.rest_api_enabled = '1'
Setting.default_language = 'en'
Setting.issue_done_ratio = 'issue_field'
Setting.parent_issue_done_ratio = 'derived'
Setting.notified_events = []
Setting.text_formatting = ENV.fetch('REDMINE_TEXT', 'textile')
Setting.feeds_limit = '200'

def user(login, key, admin: false)
  one = User.find_by_login(login) || User.new(:firstname => 'OKR', :lastname => login, :mail => "#{login}@example.test")
  one.login = login
  one.admin = admin
  one.password = one.password_confirmation = "#{login}-pass-1"
  one.must_change_passwd = false
  one.mail = "#{login}@example.test"
  one.save!
  Token.where(:user_id => one.id, :action => %w[api feeds]).delete_all
  [['api', key * 40], ['feeds', key * 39 + 'f']].each do |action, value|
    Token.new(:user_id => one.id, :action => action).tap(&:save!).update_column(:value, value)
  end
end
user('admin', 'a', :admin => true)
user('bridge', 'b')

bug = Tracker.find_by_name('Bug')
%w[Epic Story Task].each do |name|
  tracker = Tracker.new(:name => name)
  tracker.copy_from(bug)
  tracker.name = name
  tracker.default_status = IssueStatus.find_by_name('New')
  tracker.save!
  tracker.copy_workflow_rules(bug)
end

# The least that the bridge needs: see issues that are not private, edit their fields, write and edit its notes.
Role.create!(:name => 'Bridge', :issues_visibility => 'default', :permissions => %i[
  view_issues edit_issues add_issue_notes edit_own_issue_notes view_time_entries set_notes_private view_private_notes])

LABELS = ['many', 'other', 'full', 'some', 'x', 'ab', 'a"b\\c)or(1=1', 'okr', 'q4']
def field(name, format, extra = {})
  one = IssueCustomField.new({:name => name, :field_format => format, :is_for_all => true, :is_filter => true}.merge(extra))
  one.trackers = Tracker.all.to_a
  one.save!
end
field('KR', 'string')
field('KR progress', 'float')
field('KR status', 'list', :possible_values => ['On track', 'At risk', 'Off track', 'Pending', 'Closed', 'Outdated'])
field('KR score', 'float')
field('KR updated', 'string')
field('Labels', 'list', :possible_values => LABELS, :multiple => true)
field('Story points', 'float')
field('Team', 'string')
field('Unfiltered', 'string', :is_filter => false)
field('Blocked', 'bool')
